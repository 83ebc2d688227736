<?php

require_once __DIR__ . '/support.php';
require __DIR__ . "/scripts/{$_GET['script']}.php";
