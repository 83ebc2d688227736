<?php

/* A classic page: PHP starts from nothing for each request, and reads the same snapshots as the worker does. */

declare(strict_types=1);

require dirname(__DIR__) . '/src/Dashboard.php';

(new Dashboard('classic: started for this request'))->answer();
