<?php
/**
 * Shows what the plugin prints, without WordPress:
 *
 *     php examples/embed/wordpress/preview.php footer|shortcode|settings '{"server": "https://voz.example.com"}'
 *     php examples/embed/wordpress/preview.php token '{"server": "…", "api_key": "…"}' https://casa.example
 *
 * The last one asks for a token as a page of that origin does; without it, as a program that names none.
 * Below are the few functions of WordPress that the plugin calls, as plain as they can be.
 */

define('ABSPATH', __DIR__);
$settings = json_decode($argv[2] ?? '{}', true);
$hooks = [];
$routes = [];

function get_option(string $name, $default = '')
{
    global $settings;
    return $settings[substr($name, strlen('sandra_voice_'))] ?? $default;
}

function add_action(string $hook, string $function): void
{
    global $hooks;
    $hooks[$hook] = $function;
}

function remove_action(string $hook, string $function): void
{
    global $hooks;
    unset($hooks[$hook]);
}

function add_shortcode(string $name, string $function): void
{
    add_action("[$name]", $function);
}

function esc_attr(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES);
}

function esc_html(string $text): string
{
    return esc_attr($text);
}

function esc_url(string $text): string
{
    return preg_match('~^https?://~', $text) ? esc_attr($text) : '';
}

function untrailingslashit(string $text): string
{
    return rtrim($text, '/');
}

function rest_url(string $path): string
{
    return "https://casa.example/wp-json/$path";
}

function home_url(): string
{
    return 'https://casa.example';
}

function get_http_origin(): string
{
    global $argv;
    return $argv[3] ?? '';
}

function wp_parse_url(string $address, int $part)
{
    return parse_url($address, $part);
}

function register_rest_route(string $space, string $path, array $route): void
{
    global $routes;
    $routes["/$space$path"] = $route;
}

/** What WordPress does with a POST to a route. */
function rest_post(string $path)
{
    global $hooks, $routes;
    $hooks['rest_api_init']();
    $route = $routes[$path];
    return $route['permission_callback']() ? $route['callback']() : new WP_Error('rest_forbidden');
}

function get_locale(): string
{
    return 'es_ES';
}

function settings_fields(string $group): void
{
}

function submit_button(): void
{
    echo '<button>Guardar</button>';
}

/** What WordPress calls an error. */
class WP_Error
{
    public string $code;

    public function __construct(string $code)
    {
        $this->code = $code;
    }
}

function wp_remote_post(string $address, array $request)
{
    $headers = array_map(fn ($name, $value) => "$name: $value", array_keys($request['headers']), $request['headers']);
    $http = ['method' => 'POST', 'header' => $headers, 'content' => $request['body'], 'ignore_errors' => true];
    $body = @file_get_contents($address, false, stream_context_create(['http' => $http]));
    return $body === false
        ? new WP_Error('http_request_failed')
        : ['code' => (int) explode(' ', $http_response_header[0])[1], 'body' => $body];
}

function is_wp_error($answer): bool
{
    return $answer instanceof WP_Error;
}

function wp_remote_retrieve_response_code(array $answer): int
{
    return $answer['code'];
}

function wp_remote_retrieve_body(array $answer): string
{
    return $answer['body'];
}

function rest_ensure_response(array $answer): array
{
    return $answer;
}

require __DIR__ . '/sandra-voice/sandra-voice.php';

switch ($argv[1] ?? '') {
    case 'footer':
        $hooks['wp_footer']();
        break;
    case 'shortcode':
        echo $hooks['[sandra-voice]']();
        if (isset($hooks['wp_footer'])) {
            $hooks['wp_footer']();
        }
        break;
    case 'settings':
        sandra_voice_page();
        break;
    case 'token':
        echo json_encode(rest_post('/sandra-voice/v1/token'));
        break;
    default:
        fwrite(STDERR, "preview.php footer|shortcode|settings|token SETTINGS [ORIGIN]\n");
        exit(2);
}
