//! The honest tokens of a dialect: header and claims, before any edit.

use serde_json::Value as Json;

use super::context::{ForgeContext, ForgeError};
use super::draft::Text;
use crate::dialect::{ClaimValue, MemberSetting};
use crate::json::{Object, quote};

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// A client's own: client credentials.
    Client,
    /// A user's: authorization code.
    User,
}

impl ForgeContext {
    /// The header of an access token.
    pub(crate) fn header(&self) -> Result<Object, ForgeError> {
        self.object(&self.settings.dialect.header_members(), &[])
    }

    /// The header of what is no access token, such as an ID token: it never has an
    /// access token's `typ`.
    pub(crate) fn other_header(&self) -> Result<Object, ForgeError> {
        self.object(&self.settings.dialect.other_header_members(), &[])
    }

    /// The claims of the client credentials grant: the control's.
    pub(crate) fn access_token(&self, scopes: &[&str]) -> Result<Object, ForgeError> {
        self.claims(Holder::Client, scopes)
    }

    /// The claims of the authorization code grant.
    pub(crate) fn user_access_token(&self, scopes: &[&str]) -> Result<Object, ForgeError> {
        let own = self.settings.subject.as_deref().or(self.settings.dialect.subject());
        let subject = own.unwrap_or(crate::claims::DEFAULT_USER).to_owned();
        let mut of_user = self.clone();
        of_user.settings.subject = Some(subject);
        of_user.claims(Holder::User, scopes)
    }

    /// What tells an ID Token of this dialect from an access token.
    pub(crate) fn mark_id_token(&self, claims: &mut Object) -> Result<(), ForgeError> {
        for (name, setting) in self.settings.dialect.id_token_members() {
            match setting {
                MemberSetting::Set(value) => {
                    if let Some(text) = self.claim(value, &[])? {
                        claims.set(name, text);
                    }
                }
                MemberSetting::Removed => claims.remove(name),
            }
        }
        Ok(())
    }

    fn claims(&self, holder: Holder, scopes: &[&str]) -> Result<Object, ForgeError> {
        let dialect = &self.settings.dialect;
        let members = dialect.claims_of(holder == Holder::User);
        let mut claims = self.object(&members, scopes)?;
        if let Some(own) = dialect.scope_claim() {
            let is_there = |(name, value): &(String, ClaimValue)| {
                matches!(value, ClaimValue::Scopes(_)) && own.path.top() == Some(name)
            };
            if !members.iter().any(is_there) {
                own.path.set(&mut claims, &self.settings, own.value(scopes).to_string());
            }
        }
        for (name, value) in &self.settings.claims {
            claims.set(name, value.clone());
        }
        Ok(claims)
    }

    fn object(&self, members: &[(String, ClaimValue)], scopes: &[&str]) -> Result<Object, ForgeError> {
        let mut object = Object::new();
        for (name, value) in members {
            if let Some(text) = self.member(name, value, scopes)? {
                object.set(name, text);
            }
        }
        Ok(object)
    }

    /// The scopes where the dialect has them; any other value wherever it stands.
    fn member(&self, name: &str, value: &ClaimValue, scopes: &[&str]) -> Result<Option<String>, ForgeError> {
        let ClaimValue::Scopes(otherwise) = value else { return self.claim(value, scopes) };
        let own = self.settings.dialect.scope_claim().filter(|own| own.path.top() == Some(name));
        match (own, otherwise) {
            (Some(own), _) => Ok(Some(own.value(scopes).to_string())),
            (None, Some(value)) => self.claim(value, scopes),
            (None, None) => Ok(None),
        }
    }

    /// JSON text of a value; `None` where there is to be no such member.
    fn claim(&self, value: &ClaimValue, scopes: &[&str]) -> Result<Option<String>, ForgeError> {
        let nothing = Text::Json(Object::new());
        Ok(Some(match value {
            ClaimValue::Plain(expression) => self.evaluate(expression, &nothing)?,
            ClaimValue::Object(members) => self.object(members, scopes)?.to_text(),
            ClaimValue::List(items) => {
                let mut texts = Vec::with_capacity(items.len());
                for item in items {
                    texts.extend(self.claim(item, scopes)?);
                }
                format!("[{}]", texts.join(","))
            }
            // Only a member can hold them.
            ClaimValue::Scopes(_) => return Ok(None),
            ClaimValue::Audience { always_list } => self.audience(*always_list),
            ClaimValue::Expiry => self.now.saturating_add(self.settings.lifetime).to_string(),
        }))
    }

    fn audience(&self, always_list: bool) -> String {
        let others = self.settings.dialect.audiences();
        if others.is_empty() && !always_list {
            return quote(&self.settings.audience);
        }
        let all = std::iter::once(&self.settings.audience).chain(others);
        all.map(String::as_str).collect::<Json>().to_string()
    }
}
