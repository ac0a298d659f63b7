// The browser of a user whom the issuer takes for alice: it follows redirects, and keeps cookies.

/** What hosts have set; a cookie knows no port (RFC 6265, section 8.5). */
const jars = new Map();

/** Goes to the address and on through all redirects; tells the way, and the JSON that it came to. */
export async function browse(address, options = {}) {
  const way = [];
  for (let url = new URL(address), send = options; way.length < 10; send = {}) {
    if (url.pathname.endsWith('/authorize')) url.searchParams.set('login_hint', 'alice@example.com');
    way.push(url.pathname);
    const response = await request(url, send);
    const location = response.headers.get('location');
    if (!location) return { way, ...(await json(response)) };
    url = new URL(location, url);
  }
  throw new Error(`it goes on and on: ${way}`);
}

async function request(url, options) {
  const jar = jars.get(url.hostname) ?? new Map();
  jars.set(url.hostname, jar);
  const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
  const response = await fetch(url, { redirect: 'manual', ...options, headers: { cookie } });
  for (const line of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
    if (/expires=thu, 01 jan 1970|max-age=0/i.test(line)) jar.delete(name);
    else jar.set(name, value);
  }
  return response;
}

async function json(response) {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
  return JSON.parse(text);
}
