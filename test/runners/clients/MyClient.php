<?php

declare(strict_types=1);

final class MyClient
{
    public function __construct(private array $provider, private array $tokens)
    {
    }

    public function call(): void
    {
        $this->ask($this->provider['userinfoUrl'], ['header' => "Authorization: Bearer {$this->tokens['accessToken']}"], $status);
        if ($status !== 401) {
            return;
        }
        $form = ['grant_type' => 'refresh_token', 'refresh_token' => $this->tokens['refreshToken'],
            'client_id' => $this->provider['clientId'], 'client_secret' => $this->provider['clientSecret']];
        $http = ['method' => 'POST', 'content' => http_build_query($form), 'header' => 'Content-Type: application/x-www-form-urlencoded'];
        $reply = $this->ask($this->provider['tokenUrl'], $http, $status);
        $this->tokens = ['accessToken' => $reply['access_token'], 'refreshToken' => $reply['refresh_token']];
    }

    private function ask(string $url, array $http, ?int &$status): array
    {
        $answer = file_get_contents($url, false, stream_context_create(['http' => $http + ['ignore_errors' => true]]));
        $status = (int) explode(' ', $http_response_header[0])[1];
        return json_decode($answer, true) ?? [];
    }
}
