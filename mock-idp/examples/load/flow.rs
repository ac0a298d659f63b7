//! The authorization code flow as a browser and a client go through it: redirections are followed, forms
//! are filled in, the code is redeemed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;

use super::job::{Amount, Call, Failure, Flow, split};
use super::repeat::{Done, Quota, on_connections};
use super::wire::Connection;

/// More requests than any sign-in takes.
const MOST_STEPS: usize = 12;

pub(crate) async fn flows(flow: &Flow, amount: Amount) -> Result<Done, Failure> {
    let (authority, flow) = (split(&flow.authorize)?.0.to_owned(), Rc::new(flow.clone()));
    let worker = move |quota: Rc<Quota>| {
        let (mut connection, flow) = (Connection::new(authority.clone()), Rc::clone(&flow));
        async move {
            loop {
                flow.run(&mut connection).await?;
                if !quota.goes_on() {
                    return Ok(());
                }
            }
        }
    };
    on_connections(amount, worker).await
}

/// What a browser does next.
enum Next {
    Callback(String),
    Ask(Call),
}

impl Flow {
    /// One flow; what the token endpoint said at its end.
    pub(crate) async fn run(&self, connection: &mut Connection) -> Result<String, Failure> {
        let code = self.code(connection).await?;
        let mut token = self.token.clone();
        if let Some(body) = &mut token.body {
            write!(body, "&code={code}")?;
        }
        let answer = connection.exchange(&token.bytes()?).await?;
        let text = answer.text().into_owned();
        if answer.status != 200 || !text.contains("access_token") {
            return Err(format!("the token endpoint: {} {text}", answer.status).into());
        }
        Ok(text)
    }

    async fn code(&self, connection: &mut Connection) -> Result<String, Failure> {
        let mut cookies = BTreeMap::new();
        let mut call = Call::get(self.authorize.as_str());
        for _ in 0..MOST_STEPS {
            match self.step(connection, call, &mut cookies).await? {
                Next::Callback(code) => return Ok(code),
                Next::Ask(next) => call = next,
            }
        }
        Err("the sign-in comes to no end".into())
    }

    async fn step(
        &self,
        connection: &mut Connection,
        call: Call,
        cookies: &mut BTreeMap<String, String>,
    ) -> Result<Next, Failure> {
        let line: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let url = call.url.clone();
        let call = if line.is_empty() { call } else { call.with("cookie", line.join("; ")) };
        let answer = connection.exchange(&call.bytes()?).await?;
        for cookie in answer.headers("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                cookies.insert(name.trim().to_owned(), value.to_owned());
            }
        }
        match (answer.status, answer.headers("location").next()) {
            (300..400, Some(location)) if location.starts_with(&self.callback) => code_of(location).map(Next::Callback),
            (300..400, Some(location)) => Ok(Next::Ask(Call::get(absolute(&url, location)?))),
            (200, None) => self.filled(&url, &answer.text()).map(Next::Ask),
            (status, _) => Err(format!("{url}: {status} {}", answer.text()).into()),
        }
    }

    /// The form of a page, filled in.
    fn filled(&self, url: &str, page: &str) -> Result<Call, Failure> {
        let form = tags(page, "form").next().ok_or_else(|| format!("{url}: neither form nor code: {page}"))?;
        let action = attribute(form, "action").unwrap_or_default();
        let hidden = tags(page, "input").filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"));
        let hidden = hidden.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?)));
        let fields = hidden.chain(self.form.iter().map(|(name, value)| (name.clone(), value.clone())));
        let body: Vec<String> = fields.map(|(name, value)| format!("{}={}", escaped(&name), escaped(&value))).collect();
        Ok(Call::form(absolute(url, if action.is_empty() { url } else { &action })?, body.join("&")))
    }
}

fn code_of(location: &str) -> Result<String, Failure> {
    let query = location.split_once('?').map(|(_, query)| query.split('#').next().unwrap_or_default());
    let code = query.unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("code="));
    Ok(code.ok_or_else(|| format!("no code: {location}"))?.to_owned())
}

/// A reference at that place (RFC 3986, section 5.2), as far as servers use them.
fn absolute(url: &str, reference: &str) -> Result<String, Failure> {
    let (authority, path) = split(url)?;
    Ok(match reference {
        whole if whole.starts_with("http://") => whole.to_owned(),
        path if path.starts_with('/') => format!("http://{authority}{path}"),
        query if query.starts_with('?') => {
            format!("http://{authority}{}{query}", path.split('?').next().unwrap_or_default())
        }
        relative => {
            let folder = path.split('?').next().and_then(|path| path.rsplit_once('/')).unwrap_or_default().0;
            format!("http://{authority}{folder}/{relative}")
        }
    })
}

fn tags<'a>(page: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let begins = move |rest: &&str| rest.get(..name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name));
    page.split('<').skip(1).filter(begins).filter_map(|rest| rest.split('>').next())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next()?.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&"))
}

fn escaped(text: &str) -> String {
    let keeps = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let escape = |byte: u8| if keeps(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(escape).collect()
}
