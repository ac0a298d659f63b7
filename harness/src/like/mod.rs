//! From real tokens to the dialect that mints their like, without what they say of
//! anybody.
//!
//! ```
//! use badpenny::like::Likeness;
//! use mock_idp::forge::GivenToken;
//!
//! // {"alg":"RS256"}.{"iss":"https://i.example","aud":"api","exp":2,"iat":1,"sub":"alice"}
//! let token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2kuZXhhbXBsZSIsImF1ZCI6ImFwaSIsImV4cCI6MiwiaWF0IjoxLCJzdWIiOiJhbGljZSJ9.c2ln";
//! let text = Likeness::of(&[GivenToken::new(token)?])?.to_toml();
//! assert!(text.contains(r#"sub = "{subject}""#) && !text.contains("alice"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod kind;
mod likeness;
mod shape;
mod toml_text;
mod write;

pub use likeness::{LikeError, Likeness};
