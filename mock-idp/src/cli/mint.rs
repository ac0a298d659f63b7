//! `mock-idp mint`: a token on standard output.

use std::io::Write as _;

use mock_idp::mutation::Mutation;
use mock_idp::{Issuer, MintAnswer, MintRequest};

use super::args::{IssuerArgs, MintArgs};
use super::error::CliError;
use super::setup::{Ports, Setup};

pub(super) fn mint(issuer: &IssuerArgs, args: &MintArgs) -> Result<(), CliError> {
    let mut request = request(args)?;
    let setup = Setup::new(issuer, Ports::USUAL)?;
    let server = setup.server(&args.server)?;
    request.dialect = Some(args.dialect.flags().apply(&server.dialect)?);
    if request.issuer.is_none() {
        request.issuer = Some(server.identifier(&setup.base()?));
    }
    let forged = Issuer::new(&setup.config)?.mint(&request)?;
    let mut output = std::io::stdout().lock();
    if args.json {
        writeln!(output, "{}", serde_json::to_string(&MintAnswer::from(&forged)).map_err(std::io::Error::other)?)?;
    } else {
        output.write_all(forged.token.expose())?;
        output.write_all(b"\n")?;
    }
    Ok(())
}

fn request(args: &MintArgs) -> Result<MintRequest, CliError> {
    let mut request = match (&args.scenario, &args.mutation) {
        (Some(name), _) => MintRequest::scenario(name)?,
        (None, Some(text)) => {
            MintRequest::mutation(Mutation::from_json(&serde_json::from_str(text).map_err(CliError::MutationJson)?)?)
        }
        (None, None) => MintRequest::control(),
    };
    request.server.clone_from(&args.server);
    request.issuer.clone_from(&args.issuer);
    request.audience.clone_from(&args.audience);
    request.scope.clone_from(&args.scope);
    request.client_id.clone_from(&args.client_id);
    request.subject.clone_from(&args.subject);
    request.leeway = args.leeway;
    Ok(request)
}
