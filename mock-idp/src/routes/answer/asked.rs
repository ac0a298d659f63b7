use std::cell::Cell;

use crate::answer::{Answer, Carried, Effect, Place, SCOPE_PREFIX};

/// The answers that one request asks for.
#[derive(Default)]
pub(in super::super) struct Answers(Vec<Asked>);

/// One of them.
pub(super) struct Asked {
    answer: Answer,
    place: Place,
    way: Way,
    /// Whether it has changed anything.
    used: Cell<bool>,
}

/// How an answer was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By the client's configuration.
    Config,
    /// By the order of that number.
    Order(u64),
    /// By the request itself.
    Request,
    /// By the request that begins a sign-in.
    SignIn,
    /// By a scope.
    Scope,
    /// By the sign-in that a code or a token came of, and whether as a scope.
    Carried { is_scope: bool },
}

impl Answers {
    pub(super) fn push(&mut self, answer: Answer, place: Place, way: Way) {
        // What is asked for twice is given once; of orders each is counted.
        let is_same = |asked: &Asked| (asked.place, asked.way) == (place, way) && asked.answer == answer;
        if !self.0.iter().any(is_same) {
            self.0.push(Asked { answer, place, way, used: Cell::new(false) });
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those about an endpoint, in the order in which they were asked for.
    pub(super) fn at(&self, place: Place) -> impl Iterator<Item = &Asked> {
        self.0.iter().filter(move |asked| asked.place == place)
    }

    /// All of them, whatever they are about.
    pub(super) fn all(&self) -> impl Iterator<Item = &Asked> {
        self.0.iter()
    }

    /// What holds for all that comes of this request.
    pub(super) fn to_carry(&self) -> Vec<Carried> {
        let carried = self.0.iter().filter_map(|asked| {
            let is_scope = match asked.way {
                Way::SignIn => false,
                Way::Scope => true,
                Way::Carried { is_scope } => is_scope,
                Way::Config | Way::Order(_) | Way::Request => return None,
            };
            Some(Carried { answer: asked.answer.clone().at(asked.place).ok()?, is_scope })
        });
        carried.collect()
    }

    /// The scopes that they were asked for by, as they are granted.
    pub(super) fn scopes(&self) -> Vec<String> {
        let is_scope = |way| matches!(way, Way::Scope | Way::Carried { is_scope: true });
        let scopes = self.0.iter().filter(|asked| is_scope(asked.way));
        let mut scopes: Vec<_> = scopes.map(|asked| format!("{}{}", SCOPE_PREFIX, asked.answer)).collect();
        scopes.dedup();
        scopes
    }

    /// The orders that have changed nothing.
    pub(super) fn unused_orders(&self) -> Vec<u64> {
        let orders = self.0.iter().filter(|asked| !asked.used.get()).filter_map(|asked| match asked.way {
            Way::Order(number) => Some(number),
            _ => None,
        });
        orders.collect()
    }

    /// The name of the first one that has changed something.
    pub(super) fn first_used(&self) -> Option<&'static str> {
        self.0.iter().find(|asked| asked.used.get()).map(|asked| asked.answer.row().name)
    }
}

impl Asked {
    pub(super) fn effect(&self) -> Effect {
        self.answer.effect()
    }

    /// The answer, which is given now.
    pub(super) fn used(&self) -> &Answer {
        self.mark();
        &self.answer
    }

    /// Notes that it is given now.
    pub(super) fn mark(&self) {
        self.used.set(true);
    }
}
