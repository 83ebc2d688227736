<?php
header('X-Method: ' . $_SERVER['REQUEST_METHOD']);
header('Content-Length: 12345');
echo str_repeat('x', 12345);
if (isset($_GET["flush"])) { flush(); }
leave($_GET['name']);
