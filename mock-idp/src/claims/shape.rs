use serde_json::Value;

/// Which members an honest access token has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// As an Okta custom authorization server issues it: the header `kid`,
    /// `alg`; the claims `ver`, `jti`, `iss`, `aud`, `iat`, `exp`, `cid`, `scp`, `sub`.
    Okta,
    /// As RFC 9068 profiles it: the header `typ`, `alg`, `kid` (section 2.1);
    /// the claims `iss`, `exp`, `aud`, `sub`, `client_id`, `iat`, `jti`,
    /// `scope` (section 2.2).
    Rfc9068,
}

impl Shape {
    /// Every shape with its word.
    pub const ALL: [(&'static str, Self); 2] = [("okta", Self::Okta), ("rfc9068", Self::Rfc9068)];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Okta => "okta",
            Self::Rfc9068 => "rfc9068",
        }
    }

    /// The `typ` of its access tokens: none, or `at+jwt` (RFC 9068, section 2.1).
    #[must_use]
    pub fn typ(self) -> Option<&'static str> {
        match self {
            Self::Okta => None,
            Self::Rfc9068 => Some("at+jwt"),
        }
    }

    /// The form of its scopes: `scp` as an array, or `scope` as text.
    #[must_use]
    pub fn scope_form(self) -> ScopeForm {
        match self {
            Self::Okta => ScopeForm::ScpArray,
            Self::Rfc9068 => ScopeForm::ScopeString,
        }
    }
}

/// Which claim holds the granted scopes, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScopeForm {
    /// `"scp": ["a", "b"]`, as Okta.
    ScpArray,
    /// `"scp": "a b"`, as Microsoft Entra.
    ScpString,
    /// `"scope": "a b"` (RFC 8693, section 4.2).
    ScopeString,
    /// `"scope": ["a", "b"]`.
    ScopeArray,
}

impl ScopeForm {
    /// Every form with its word.
    pub const ALL: [(&'static str, Self); 4] = [
        ("scp-array", Self::ScpArray),
        ("scp-string", Self::ScpString),
        ("scope-string", Self::ScopeString),
        ("scope-array", Self::ScopeArray),
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ScpArray => "scp-array",
            Self::ScpString => "scp-string",
            Self::ScopeString => "scope-string",
            Self::ScopeArray => "scope-array",
        }
    }

    /// The claim's name.
    #[must_use]
    pub fn claim(self) -> &'static str {
        match self {
            Self::ScpArray | Self::ScpString => "scp",
            Self::ScopeString | Self::ScopeArray => "scope",
        }
    }

    /// The claim's value; empty, not missing, where nothing is granted.
    pub fn value<S: AsRef<str>>(self, scopes: &[S]) -> Value {
        let scopes = scopes.iter().map(AsRef::as_ref);
        match self {
            Self::ScpArray | Self::ScopeArray => scopes.collect(),
            Self::ScpString | Self::ScopeString => scopes.collect::<Vec<_>>().join(" ").into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_holds_any_number_of_scopes() {
        let texts = |scopes: &[&str]| ScopeForm::ALL.map(|(_, form)| form.value(scopes).to_string());
        assert_eq!(texts(&["a", "b"]), [r#"["a","b"]"#, r#""a b""#, r#""a b""#, r#"["a","b"]"#]);
        assert_eq!(texts(&[]), ["[]", "\"\"", "\"\"", "[]"]);
    }

    #[test]
    fn words_lead_there_and_back() {
        assert!(Shape::ALL.iter().all(|(word, shape)| shape.word() == *word));
        assert!(ScopeForm::ALL.iter().all(|(word, form)| form.word() == *word));
    }
}
