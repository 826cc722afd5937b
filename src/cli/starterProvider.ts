/** The provider file that `authdouble init provider <name>` writes. */

/** @param id its segment in URLs */
export const starterProvider = (
  id: string,
): string => `# yaml-language-server: $schema=./node_modules/authdouble/openapi/provider.schema.json
# Try it: authdouble serve --provider ./${id}.yaml        Check it: authdouble validate ${id}.yaml

# Ten lines that work. Whatever is not said is as the RFCs have it.
id: ${id}
name: ${id[0]?.toUpperCase()}${id.slice(1)}
docs: https://${id}.example/docs
settings:
  issuer: https://auth.${id}.example
  scopes: [read, write]
  endpoints:
    authorize: { operation: authorize, path: /oauth/authorize }
    token: { operation: token, path: /oauth/token }
    things: { operation: resource, path: /v1/things, scope: read, answer: { status: 200, body: { owner: "{user.id}" } } }
  authorize: {}
  pkce: {}
#  revoke: {}                                 # with an endpoint { operation: revoke, path: /oauth/revoke }
#  access: { lifetime: 3600, format: "${id}-{mixed40}" }
#  refresh: { rotates: always, replayEnds: grant }
#  token:
#    reads: { json: true }                    # token requests may be JSON
#    reply:                                   # members of the reply, in their order
#      access_token: "{access_token}"
#      expires_in: "{expires_in}"
#      refresh_token: "{refresh_token}"
#      token_type:                            # a quirk: what this provider does, and what a plain server would do
#        quirk: token-type-in-lower-case
#        source: { grade: documented, where: "https://${id}.example/docs/tokens" }
#        provider: bearer
#        standard: Bearer
#        description: token_type is in lower case

# Begin with another provider, and say only the difference: plain, zettle, ..., or ./other.yaml
# extends: plain

# How it says no: by reason, by RFC error code, or * for all.
# errors:
#   invalid_grant: { status: 401, description: That code is no good }

# Clients and users that exist from the start; a demo client and a demo user when left out.
# seed:
#   clients:
#     - { clientId: my-app, clientSecret: not-a-secret, name: My app, redirectUris: [http://localhost:3000/callback], scope: [read] }
#   users:
#     - { id: kim, email: kim@example.com, name: Kim }
`
