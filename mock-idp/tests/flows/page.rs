//! A page that a browser has.

use reqwest::Response;

use super::app::*;

/// A page with a form, and the cookies of its browser.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) text: String,
    pub(crate) cookies: String,
    /// Where it is sent to.
    pub(crate) action: String,
    pub(crate) ticket: String,
}

impl Page {
    /// What a browser without cookies is shown.
    pub(crate) async fn of(answer: Response) -> Self {
        Self::after(answer, "").await
    }

    /// What a browser that has cookies already is shown.
    pub(crate) async fn after(answer: Response, before: &str) -> Self {
        assert_eq!(answer.status(), 200);
        let cookies = [before.to_owned(), cookies(&answer)].join("; ");
        let text = answer.text().await.unwrap();
        let (action, ticket) = (between(&text, "action=\"", "\""), between(&text, "name=\"ticket\" value=\"", "\""));
        Self { text, cookies, action, ticket }
    }

    /// Sends it, with these fields.
    pub(crate) async fn send(&self, app: &App, fields: &Fields<'_>) -> Response {
        let url = reqwest::Url::parse(&app.at("x")).unwrap().join(&self.action).unwrap();
        let fields = with(fields.clone(), "ticket", &self.ticket);
        app.http.post(url).form(&fields).header("cookie", self.cookies.as_str()).send().await.unwrap()
    }

    pub(crate) async fn sign_in(&self, app: &App, login: &str, password: &str) -> Response {
        self.send(app, &vec![("login", login), ("password", password)]).await
    }

    /// Sends it, and gets the next page.
    pub(crate) async fn next(&self, app: &App, fields: &Fields<'_>) -> Self {
        Self::after(self.send(app, fields).await, &self.cookies).await
    }

    /// The address of the same browser for another request.
    pub(crate) async fn get(&self, app: &App, url: &str) -> Response {
        app.http.get(url).header("cookie", self.cookies.as_str()).send().await.unwrap()
    }
}

pub(crate) fn between(text: &str, start: &str, end: &str) -> String {
    text.split(start).nth(1).unwrap().split(end).next().unwrap().to_owned()
}
