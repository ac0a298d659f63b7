// Takes the steps that the command line names, in its order, and tells each in a line of JSON; ends at the first that fails.
export async function take(steps) {
  for (const step of process.argv.slice(2)) {
    try {
      if (!steps[step]) throw new Error(`there is no such step: name some of ${Object.keys(steps).join(', ')}`);
      console.log(JSON.stringify({ step, ok: true, ...(await steps[step]()) }));
    } catch (error) {
      const causes = [];
      for (let each = error; each; each = each.cause) causes.push(each.stack ?? JSON.stringify(each));
      console.log(JSON.stringify({ step, ok: false, error: causes.join('\n') }));
      process.exit(1);
    }
  }
  process.exit(0);
}

/** The address that an answer sends to, which has to be a redirect. */
export async function redirection(response) {
  const location = response.headers.get('location');
  if (!location) throw new Error(`no redirect but ${response.status}: ${await response.text()}`);
  return new URL(location, response.url);
}
