<?php

/** Compiles and renders a page with Twig. */

require '/usr/share/php/Twig/autoload.php';

$layout = '<html><head><title>{% block title %}{% endblock %}</title></head><body>{% block body %}{% endblock %}</body></html>';
$page = <<<'TWIG'
	{% extends 'layout' %}
	{% macro price(item) %}{{ (item.price * 1.19)|number_format(2) }} {{ item.currency|default('EUR')|upper }}{% endmacro %}
	{% block title %}{{ title|title }}{% endblock %}
	{% block body %}
	<ul>{% for item in items if item is defined %}
	<li class="{{ cycle(['odd', 'even'], loop.index) }}">{{ loop.index }}/{{ loop.length }} {{ item.name|e }}: {{ _self.price(item) }}
	{% for tag in item.tags|sort %}<b>{{ tag|capitalize }}</b>{% if not loop.last %}, {% endif %}{% else %}no tags{% endfor %}
	</li>{% endfor %}</ul>
	{% endblock %}
	TWIG;
$page = str_replace(' if item is defined', '', $page);
$items = [];
for ($i = 0; $i < 40; $i++) {
	$items[] = ['name' => "Item <$i>", 'price' => $i * 1.25, 'tags' => array_slice(['new', 'blue', 'cheap'], 0, $i % 4)];
}
$bytes = 0;
for ($round = 0; $round < 10; $round++) {
	$twig = new Twig\Environment(new Twig\Loader\ArrayLoader(['layout' => $layout, 'page' => "$page{# $round #}"]));
	for ($i = 0; $i < 20; $i++) {
		$bytes += strlen($twig->render('page', ['title' => 'a list of items', 'items' => $items]));
	}
}
echo $bytes, "\n";
