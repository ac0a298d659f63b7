'use strict';
// The article's app as it ends: one route behind a middleware that wants a token.
require('dotenv/config');
const express = require('express');
const requireAccessToken = require('./auth');

const app = express();
app.use(express.json());
app.use(requireAccessToken);

app.get('/', (request, response) => {
  response.send('Hello, world!');
});

app.listen(process.env.SERVER_PORT || 8080, process.env.SERVER_HOST || '127.0.0.1');
