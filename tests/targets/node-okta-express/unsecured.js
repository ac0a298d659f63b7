'use strict';
// The article's app as it starts: the same route, open to everybody.
require('dotenv/config');
const express = require('express');

const app = express();
app.use(express.json());

app.get('/', (request, response) => {
  response.send('Hello, world!');
});

app.listen(process.env.SERVER_PORT || 8080, process.env.SERVER_HOST || '127.0.0.1');
