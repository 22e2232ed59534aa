<?php
/**
 * Plugin Name: Sandra Voice
 * Description: Puts the voice concierge on every page of the site, or where [sandra-voice] stands.
 * Version: 1.0.0
 * Requires at least: 6.0
 * Requires PHP: 7.4
 * License: Apache-2.0
 */

if (!defined('ABSPATH')) {
    exit;
}

/** The settings: name => label and kind of field. */
function sandra_voice_fields(): array
{
    return [
        'server' => ['Dirección del servidor (https://…)', 'url'],
        'position' => ['Lugar: bottom-right, bottom-left, top-right o top-left', 'text'],
        'phone' => ['Teléfono', 'tel'],
        'whatsapp' => ['WhatsApp', 'tel'],
        'email' => ['Correo electrónico', 'email'],
        'api_key' => ['Clave del servidor (API_KEYS); no sale de este sitio', 'password'],
    ];
}

function sandra_voice_setting(string $name): string
{
    return trim((string) get_option("sandra_voice_$name", ''));
}

function sandra_voice_server(): string
{
    return untrailingslashit(sandra_voice_setting('server'));
}

/** The element and its script; nothing until the server is set. */
function sandra_voice_markup(string $position): string
{
    $server = sandra_voice_server();
    if ($server === '') {
        return '';
    }
    $token = sandra_voice_setting('api_key') === ''
        ? ''
        : 'token-url="' . esc_url(rest_url('sandra-voice/v1/token')) . '"';
    return strtr((string) file_get_contents(__DIR__ . '/widget.html'), [
        '{{server}}' => esc_url($server),
        '{{position}}' => esc_attr($position),
        '{{lang}}' => esc_attr(substr(get_locale(), 0, 2)),
        '{{phone}}' => esc_attr(sandra_voice_setting('phone')),
        '{{whatsapp}}' => esc_attr(sandra_voice_setting('whatsapp')),
        '{{email}}' => esc_attr(sandra_voice_setting('email')),
        '{{token}}' => $token,
    ]);
}

/** At the foot of every page. */
function sandra_voice_footer(): void
{
    echo sandra_voice_markup(sandra_voice_setting('position') ?: 'bottom-right');
}

/** Where an editor writes [sandra-voice]. */
function sandra_voice_shortcode(): string
{
    remove_action('wp_footer', 'sandra_voice_footer');
    return sandra_voice_markup('inline');
}

/** A session token for a guest of this site; the key itself stays here. */
function sandra_voice_token()
{
    $answer = wp_remote_post(sandra_voice_server() . '/api/sessions', [
        'timeout' => 5,
        'headers' => [
            'Authorization' => 'Bearer ' . sandra_voice_setting('api_key'),
            'Content-Type' => 'application/json',
        ],
        'body' => '{}',
    ]);
    if (is_wp_error($answer) || wp_remote_retrieve_response_code($answer) !== 201) {
        return new WP_Error('sandra_voice_no_token', 'The voice server gave no token.', ['status' => 502]);
    }
    $session = json_decode(wp_remote_retrieve_body($answer), true);
    return rest_ensure_response(['token' => (string) ($session['token'] ?? '')]);
}

/**
 * Only pages of this site may ask for tokens: a browser names the origin of every POST. A nonce would prove no more of a
 * visitor who is not logged in, and a page out of a cache would carry one that is too old. A program can name any origin;
 * what it could spend is bounded by the limits of the key.
 */
function sandra_voice_own_page(): bool
{
    $host = wp_parse_url(get_http_origin(), PHP_URL_HOST);
    return is_string($host) && $host === wp_parse_url(home_url(), PHP_URL_HOST);
}

function sandra_voice_routes(): void
{
    register_rest_route('sandra-voice/v1', '/token', [
        'methods' => 'POST',
        'callback' => 'sandra_voice_token',
        'permission_callback' => 'sandra_voice_own_page',
    ]);
}

function sandra_voice_register_settings(): void
{
    foreach (array_keys(sandra_voice_fields()) as $name) {
        register_setting('sandra_voice', "sandra_voice_$name", ['sanitize_callback' => 'sanitize_text_field']);
    }
}

function sandra_voice_menu(): void
{
    add_options_page('Sandra Voice', 'Sandra Voice', 'manage_options', 'sandra-voice', 'sandra_voice_page');
}

function sandra_voice_page(): void
{
    echo '<div class="wrap"><h1>Sandra Voice</h1><form method="post" action="options.php"><table class="form-table">';
    settings_fields('sandra_voice');
    foreach (sandra_voice_fields() as $name => [$label, $kind]) {
        $field = "sandra_voice_$name";
        printf(
            '<tr><th><label for="%1$s">%2$s</label></th><td><input id="%1$s" name="%1$s" type="%3$s" value="%4$s" class="regular-text"></td></tr>',
            esc_attr($field),
            esc_html($label),
            esc_attr($kind),
            esc_attr(sandra_voice_setting($name))
        );
    }
    echo '</table>';
    submit_button();
    echo '</form></div>';
}

add_action('wp_footer', 'sandra_voice_footer');
add_shortcode('sandra-voice', 'sandra_voice_shortcode');
add_action('rest_api_init', 'sandra_voice_routes');
add_action('admin_init', 'sandra_voice_register_settings');
add_action('admin_menu', 'sandra_voice_menu');
