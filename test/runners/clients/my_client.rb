# frozen_string_literal: true

require 'json'
require 'net/http'

class MyClient
  def initialize(provider, tokens)
    @provider = provider
    @access, @refresh = tokens.values_at('accessToken', 'refreshToken')
  end

  def call
    return unless Net::HTTP.get_response(URI(@provider['userinfoUrl']), { 'authorization' => "Bearer #{@access}" }).code == '401'

    form = { grant_type: 'refresh_token', refresh_token: @refresh, client_id: @provider['clientId'], client_secret: @provider['clientSecret'] }
    reply = JSON.parse(Net::HTTP.post_form(URI(@provider['tokenUrl']), form).body)
    @access, @refresh = reply.values_at('access_token', 'refresh_token')
  end
end
