//! A request that was read whole.

/// One request, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path as it was written, dots, doubled slashes and all.
    pub(crate) path: String,
    /// What follows the question mark, or nothing.
    pub(crate) query: String,
    /// The header lines in their order. The values are whatever bytes came.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    /// Whether the client wants no further answer on this connection.
    pub(crate) closes: bool,
}

impl Request {
    /// Every value of that field.
    pub(crate) fn lines<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a [u8]> {
        let named = move |(key, _): &&(String, Vec<u8>)| key.eq_ignore_ascii_case(name);
        self.headers.iter().filter(named).map(|(_, value)| value.as_slice())
    }

    /// The first value of that field, where it is text.
    pub(crate) fn text<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        std::str::from_utf8(self.lines(name).next()?).ok()
    }

    /// Whether there is such a field.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.lines(name).next().is_some()
    }

    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        parameter(&self.query, name)
    }

    /// A parameter of a form in the body (RFC 6750 2.2).
    pub(crate) fn form_parameter(&self, name: &str) -> Option<&str> {
        let form = "application/x-www-form-urlencoded";
        let is_form = self.text("Content-Type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with(form));
        parameter(std::str::from_utf8(&self.body).ok().filter(|_| is_form)?, name)
    }
}

/// The value as it stands: what a token is made of needs no decoding.
fn parameter<'a>(encoded: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = encoded.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

#[cfg(test)]
impl Request {
    /// `GET target` with these `Authorization` lines, for tests of what looks at requests.
    pub(crate) fn of(target: &str, lines: &[&[u8]]) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: "GET".to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: lines.iter().map(|line| ("authorization".to_owned(), line.to_vec())).collect(),
            body: Vec::new(),
            closes: false,
        }
    }

    /// The same with one more header line.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.as_bytes().to_vec()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_counts_only_where_it_is_declared_as_one() {
        let mut request = Request::of("/?access_token=q", &[]);
        request.body = b"a=b&access_token=f".to_vec();
        assert_eq!(request.parameter("access_token"), Some("q"));
        assert_eq!(request.form_parameter("access_token"), None);
        let request = request.with("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        assert_eq!(request.form_parameter("access_token"), Some("f"));
    }
}
