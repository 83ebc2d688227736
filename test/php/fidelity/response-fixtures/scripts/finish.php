<?php
ob_start();
echo 'for the client';
$done = [frankenphp_finish_request(), frankenphp_finish_request()];
echo 'never seen';
flush();
header('X-Late: 1');
wait_at($_GET['name']);
leave("{$_GET['name']}-end", json_encode([...$done, connection_status(), connection_aborted()]));
