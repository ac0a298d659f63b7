// Signs in through one client, once per case, and prints what came of it:
//   node run.mjs openid-client honest id-token-wrong-iss …
// ISSUER and CONTROL say where the issuer and its control API are.
import { env, argv } from 'node:process';
import { follow } from './follow.mjs';

const [, , name, ...cases] = argv;
const { signIn } = await import(`./clients/${name}.mjs`);

for (const answers of cases) {
  await control('restore', {});
  if (answers !== 'honest') await control('answers', { answers: answers.split(',') });
  console.log(JSON.stringify({ case: answers, ...(await outcome()) }));
}
process.exit(0);

async function outcome() {
  const seen = {};
  try {
    await signIn({ issuer: env.ISSUER, callback: 'http://localhost:3000/callback', login: 'ada@example.com', follow, seen });
    return { outcome: 'taken', seen };
  } catch (error) {
    return { outcome: 'refused', why: said(error), seen };
  }
}

/** All that an error says, with its causes. */
function said(error) {
  const parts = [];
  for (let one = error; one instanceof Error; one = one.cause) parts.push(one.message);
  return parts.join(': ');
}

async function control(path, body) {
  const answer = await fetch(`${env.CONTROL}/_mock/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
}
