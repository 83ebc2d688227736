<?php

/*
 * The front controller. As a worker it is started once per thread and answers one request per turn of the loop;
 * any other PHP server starts it for each request.
 */

declare(strict_types=1);

require dirname(__DIR__) . '/src/Dashboard.php';

if (!isset($_SERVER['FRANKENPHP_WORKER'])) {
	(new Dashboard('classic: started for this request'))->answer();
	return;
}

// What is made here stays in memory: the framework's kernel, in a real app.
$dashboard = new Dashboard('worker: stays in memory');

while (frankenphp_handle_request($dashboard->answer(...))) {
	gc_collect_cycles();
}
