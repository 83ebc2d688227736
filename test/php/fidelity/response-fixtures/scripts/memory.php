<?php
ini_set('html_errors', '0');
isset($_GET['limit']) && ini_set('memory_limit', $_GET['limit']);
$text = str_repeat('x', (int) $_GET['megabytes'] * 1024 * 1024);
echo strlen($text) >> 20, ' of ', ini_get('memory_limit');
