//! A likeness as a settings file of the harness.

use std::fmt::Write as _;

use mock_idp::dialect::{Dialect, Shape};
use serde_json::json;

use super::Likeness;
use super::toml_text::{key, text, value};
use crate::printable::{counted, printable};

impl Likeness {
    /// As a settings file of the harness: identifier, audience, dialect.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "# Read from {} of {}.", counted(self.count, "token"), printable(&self.issuer));
        if !self.issuer.is_empty() {
            let _ = writeln!(out, "issuer-url = {}", text(&self.issuer));
        }
        if let Some(audience) = self.audiences.first() {
            let _ = writeln!(out, "audience = {}", text(audience));
        }
        if let Some(alg) = &self.alg {
            let _ = writeln!(out, "alg = {}", text(alg));
        }
        let _ = writeln!(out, "# scope = \"...\": what the route needs");
        let _ = writeln!(out, "\n[dialect]");
        let _ = writeln!(out, "shape = {}", text(self.base().word()));
        for (name, value) in self.words() {
            let _ = writeln!(out, "{name} = {value}");
        }
        for (table, members) in [("header", &self.header), ("claims", &self.claims)] {
            let _ = writeln!(out, "\n[dialect.{table}]");
            for (name, member) in members {
                let _ = writeln!(out, "{} = {}", key(name), value(member));
            }
            for name in self.absent(table) {
                let _ = writeln!(out, "{} = {{ remove = true }}", key(&name));
            }
        }
        out
    }

    fn base(&self) -> Shape {
        self.shape.unwrap_or(Shape::Rfc9068)
    }

    fn words(&self) -> Vec<(&'static str, String)> {
        let mut words = Vec::new();
        words.push(("scope-claim", self.scope_claim.clone().unwrap_or_else(|| "false".to_owned())));
        if self.audiences.len() > 1 {
            words.push(("audiences", value(&json!(self.audiences[1..]))));
        }
        let claims: Vec<&String> = self.claims.iter().map(|(name, _)| name).collect();
        words.push(("header-order", value(&json!(self.header_order))));
        words.push(("claims-order", value(&json!(claims))));
        words
    }

    /// Members of the shape that the tokens don't have.
    fn absent(&self, table: &str) -> Vec<String> {
        let dialect = Dialect::of(self.base());
        let (of_shape, own) = match table {
            "header" => (dialect.header_names(), &self.header),
            _ => (dialect.claim_names(), &self.claims),
        };
        let is_absent = |name: &String| name != "alg" && !own.iter().any(|(known, _)| known == name);
        of_shape.into_iter().filter(is_absent).collect()
    }
}
