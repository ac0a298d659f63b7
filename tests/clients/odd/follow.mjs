/** Follows redirects from an authorization URL until one leads to the callback. */
export async function follow(url, callback) {
  for (let at = String(url); ; ) {
    const answer = await fetch(at, { redirect: 'manual' });
    const to = answer.headers.get('location');
    if (!to) throw new Error(`no redirect but ${answer.status}: ${await answer.text()}`);
    at = new URL(to, at).href;
    if (at.startsWith(callback)) return new URL(at);
  }
}
