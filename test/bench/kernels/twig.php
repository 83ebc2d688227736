<?php

/** Compiles and renders a page with Twig. twig.php [SECONDS FOR EACH] */

// The library is older than PHP.
error_reporting(E_ALL & ~E_DEPRECATED);
require '/usr/share/php/Twig/autoload.php';
require __DIR__ . '/measure.php';

$layout = '<html><head><title>{% block title %}{% endblock %}</title></head><body>{% block body %}{% endblock %}</body></html>';
$page = <<<'TWIG'
	{% extends 'layout' %}
	{% macro price(item) %}{{ (item.price * 1.19)|number_format(2) }} {{ item.currency|default('EUR')|upper }}{% endmacro %}
	{% block title %}{{ title|title }}{% endblock %}
	{% block body %}
	<ul>{% for item in items %}
	<li class="{{ cycle(['odd', 'even'], loop.index) }}">{{ loop.index }}/{{ loop.length }} {{ item.name|e }}: {{ _self.price(item) }}
	{% for tag in item.tags|sort %}<b>{{ tag|capitalize }}</b>{% if not loop.last %}, {% endif %}{% else %}no tags{% endfor %}
	</li>{% endfor %}</ul>
	{% endblock %}
	TWIG;
$items = [];
for ($i = 0; $i < 40; $i++) {
	$items[] = ['name' => "Item <$i>", 'price' => $i * 1.25, 'tags' => array_slice(['new', 'blue', 'cheap'], 0, $i % 4)];
}
$twig = new Twig\Environment(new Twig\Loader\ArrayLoader(['layout' => $layout, 'page' => $page]));

measure([
	'compile' => fn() => strlen($twig->compileSource(new Twig\Source($page, 'page'))),
	'render' => fn() => strlen($twig->render('page', ['title' => 'a list of items', 'items' => $items])),
]);
