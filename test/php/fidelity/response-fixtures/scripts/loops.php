<?php
ini_set('html_errors', '0');
$_GET['options'] = json_decode($_GET['options'] ?? '[]', true);
switch ($_GET['how']) {
	case 'empty': while (true);
	case 'work': for ($x = 0; ; $x++) { $y = md5((string) $x); }
	case 'limit': set_time_limit(1); while (true);
	case 'curl':
		set_time_limit(1);
		// Arms and disarms its own timer for the name, and sets none at all for the address.
		foreach (['http://localhost:1/', 'http://127.0.0.1:1/'] as $url) {
			$curl = curl_init($url);
			curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 60] + $_GET['options']);
			curl_exec($curl);
		}
		while (true);
	case 'renewed':
		set_time_limit(60);
		curl_exec(curl_init('http://127.0.0.1:1/'));
		set_time_limit(1);
		while (true);
	case 'printed':
		register_shutdown_function(static fn () => print 'at the end');
		echo 'printed ';
		set_time_limit(1);
		while (true);
	case 'late': echo 'early '; flush(); set_time_limit(1); while (true);
}
