//! Answers that stand at an authorization server.

use super::{Inner, Issuer};
use crate::answer::{Order, OrderError};

impl Issuer {
    /// From now on an authorization server gives those answers, until it gave them as
    /// often as the order says or [`Issuer::restore`] takes them away.
    ///
    /// # Errors
    ///
    /// [`OrderError`] when there is no such server or client, the answer can't be for
    /// one client, it would never be given, or too many stand already.
    pub fn order(&self, server: &str, order: Order) -> Result<(), OrderError> {
        self.0.order(server, order)
    }
}

impl Inner {
    pub(crate) fn order(&self, server: &str, order: Order) -> Result<(), OrderError> {
        let unknown = || OrderError::UnknownServer { server: server.to_owned(), known: self.server_ids() };
        let server = self.server(server).ok_or_else(unknown)?;
        if order.times == Some(0) {
            return Err(OrderError::Never);
        }
        if let Some(id) = &order.client {
            server.config.client(id).ok_or_else(|| OrderError::UnknownClient { client: id.clone() })?;
            let of_nobody = order.answers.iter().find(|answer| answer.is_of_nobody());
            if let Some(answer) = of_nobody {
                return Err(OrderError::OfNobody { answer: answer.to_string() });
            }
        }
        server.answers.add(order)
    }
}
