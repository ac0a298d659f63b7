use clap::ArgMatches;
use mock_idp::claims::TokenSettings;
use mock_idp::config::{Config, DEFAULT_SERVER};
use mock_idp::mutation::Mutation;

use super::args::MintArgs;
use super::session_args::Scheme;
use super::{load, output, settle};
use crate::engine::{Minted, Minter};
use crate::error::Failure;
use crate::issuer::{Issuer, key_of};
use crate::remote::ControlToken;
use crate::scenario::Judgement;

/// `badpenny mint ID@variant`: the token on standard output.
pub(super) async fn mint(mut args: MintArgs, given: &ArgMatches) -> Result<u8, Failure> {
    settle::mint(&mut args, given)?;
    let mutation = mutation(&args)?;
    let minter = minter(&args).await?;
    let minted = minter.mint(&mutation).await.map_err(Failure::usage)?;
    if args.explain {
        output::notice(&explanation(&minted));
    }
    if let Some(more) = args.variant.as_deref().and_then(|variant| beside_the_token(variant, &mutation)) {
        output::notice(&format!("note: this is not all of {more}\n"));
    }
    output::print_bytes(&[minted.token.expose(), b"\n"].concat())?;
    Ok(crate::exit::SUCCESS)
}

fn mutation(args: &MintArgs) -> Result<Mutation, Failure> {
    match (&args.variant, &args.mutation) {
        (Some(variant), _) => mock_idp::catalogue::find(variant).map_err(Failure::nothing_selected),
        (None, Some(text)) => {
            let json = serde_json::from_str(text)
                .map_err(|error| Failure::usage(format!("--mutation is not JSON: {error}")))?;
            Mutation::from_json(&json).map_err(Failure::usage)
        }
        (None, None) => Ok(Mutation::control()),
    }
}

async fn minter(args: &MintArgs) -> Result<Minter, Failure> {
    let change = |settings: &mut TokenSettings| {
        if let Some(scope) = &args.scope {
            settings.scope.clone_from(scope);
        }
        if let Some(audience) = &args.audience {
            settings.audience.clone_from(audience);
        }
        if let Some(issuer) = &args.issuer_url {
            settings.issuer.clone_from(issuer);
        }
    };
    if let Some(idp) = &args.idp {
        let token = args.control_token.clone().map(ControlToken::new);
        let https = args.issuer_scheme.unwrap_or(Scheme::Https) == Scheme::Https;
        let remote = Issuer::remote(idp, token, https).await.map_err(Failure::target)?;
        return Ok(remote.minter().with_settings(change));
    }
    let mut config = Config::default();
    config.seed = args.seed;
    if let Some(server) = config.servers.first_mut() {
        server.algorithm = args.alg;
        if let Some(path) = &args.key_file {
            server.key = Some(key_of(&load::text(path)?, args.alg).map_err(Failure::usage)?);
        }
    }
    let issuer = mock_idp::Issuer::new(&config).map_err(Failure::usage)?;
    let mut settings = TokenSettings::new(args.issuer_url.clone().unwrap_or_default());
    change(&mut settings);
    Ok(Minter::Local { settings, server: DEFAULT_SERVER.to_owned(), issuer, real: None })
}

/// What a variant does beside its token, where the token alone is the control
/// or the issuer is changed for it.
fn beside_the_token(name: &str, mutation: &Mutation) -> Option<String> {
    let catalogue = load::catalogue(&[]).ok()?;
    // A scenario with one variant may be named by its id alone.
    let (id, slug) = name.split_once('@').map_or((name, None), |(id, slug)| (id, Some(slug)));
    let scenario = catalogue.scenario(id)?;
    let variant = scenario.variants.iter().find(|variant| slug.is_none_or(|slug| variant.slug == slug))?;
    let how = match scenario.judgement_of(variant) {
        Judgement::Check { .. } => "it judges the exchanges of a whole run",
        Judgement::Exchange(_) if !variant.issuer.is_empty() => "it changes the issuer as well",
        Judgement::Exchange(_) if mutation.is_control() && !variant.request.is_empty() => {
            "it changes the request, and its token is the control"
        }
        Judgement::Exchange(_) => return None,
    };
    Some(format!("{name}: {how}; `badpenny replay {name}` does it"))
}

fn explanation(minted: &Minted) -> String {
    let mut out = format!("header   {}\npayload  {}\n", minted.header, minted.payload);
    for change in &minted.changes {
        out.push_str(&format!("change   {change}\n"));
    }
    out
}
