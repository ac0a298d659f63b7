"""The drivers: a server for each library, set up as its documentation shows."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

from measuring.servers import Server, go, named, node, python

SOURCES = Path(__file__).resolve().parents[1] / "servers"

# What two of them want, which take no other access tokens.
RFC9068 = ("--shape", "rfc9068", "--scope-claim", "scp-array")


@dataclass(frozen=True)
class Driver:
    """A server, and what it measures."""

    server: Server
    # The library's name in the data file, and the package whose version `--version` sets.
    stack: str
    package: str
    # What the run of badpenny wants besides.
    flags: tuple = ()

    @property
    def name(self):
        return self.server.name

    @property
    def language(self):
        return self.name.split("-")[0].capitalize()


def java(name):
    command = "java -cp target/classes:target/dependency/* Server"
    return Server(name, None, ("java", "mvn"), (("mvn", "-B", "package"),), command)


def rust(name):
    build = ("cargo", "build", "--release", "--locked")
    return Server(name, None, ("cargo",), (build,), f"target/release/{name}")


def ours(server, stack, package, flags=()):
    return Driver(replace(server, sources=SOURCES), stack, package, flags)


def of_speed(name, stack, package):
    """A server of tests/speed is one of these already."""
    return Driver(named(name)[0], stack, package)


ALL = [
    of_speed("node-jose", "jose", "jose"),
    ours(node("node-okta"), "@okta/jwt-verifier", "@okta/jwt-verifier"),
    ours(node("node-express-oauth2-jwt-bearer"), "express-oauth2-jwt-bearer", "express-oauth2-jwt-bearer"),
    ours(node("node-aws-jwt-verify"), "aws-jwt-verify", "aws-jwt-verify"),
    ours(node("node-jwks-rsa"), "jsonwebtoken + jwks-rsa", "jwks-rsa"),
    ours(node("node-get-jwks"), "fast-jwt + get-jwks", "get-jwks"),
    ours(node("node-hono"), "hono/jwk", "hono"),
    ours(node("node-oauth4webapi"), "oauth4webapi", "oauth4webapi", RFC9068),
    of_speed("python-pyjwt", "PyJWT", "PyJWT"),
    ours(python("python-authlib"), "Authlib + joserfc", "Authlib", RFC9068),
    ours(python("python-okta"), "okta-jwt-verifier", "okta-jwt-verifier"),
    ours(python("python-scitokens"), "scitokens", "scitokens"),
    ours(rust("rust-jwt-authorizer"), "jwt-authorizer", "jwt-authorizer"),
    ours(go("go-oidc"), "coreos/go-oidc", "github.com/coreos/go-oidc/v3"),
    of_speed("go-keyfunc", "golang-jwt + keyfunc", "github.com/MicahParks/keyfunc/v3"),
    of_speed("go-jwx", "lestrrat-go/jwx", "github.com/lestrrat-go/jwx/v3"),
    ours(go("go-jwt-middleware"), "auth0/go-jwt-middleware", "github.com/auth0/go-jwt-middleware/v2"),
    ours(go("go-cap"), "hashicorp/cap/jwt", "github.com/hashicorp/cap"),
    ours(go("go-zitadel"), "zitadel/oidc", "github.com/zitadel/oidc/v3"),
    of_speed("java-spring", "Spring Boot", "spring-boot-starter-parent"),
    ours(java("java-nimbus"), "nimbus-jose-jwt", "nimbus-jose-jwt"),
    ours(java("java-okta"), "okta-jwt-verifier", "okta-jwt-verifier-impl"),
    ours(java("java-jwks-rsa"), "java-jwt + jwks-rsa", "jwks-rsa"),
    ours(java("java-jose4j"), "jose4j", "jose4j"),
]
NAMES = [driver.name for driver in ALL]


def chosen(text):
    """The drivers of a list such as `node-jose,go-oidc`, in their usual order."""
    names = text.split(",")
    for name in names:
        known(name)
    return [driver for driver in ALL if driver.name in names]


def versioned(text):
    """`NAME=1.2.3`, as a pair."""
    name, _, version = text.partition("=")
    if not version:
        raise argparse.ArgumentTypeError("write NAME=VERSION, as in node-jose=6.0.0")
    return known(name), version


def known(name):
    if name not in NAMES:
        raise argparse.ArgumentTypeError(f"no driver is called {name!r}; there are {', '.join(NAMES)}")
    return name
