<?php
ini_set('html_errors', '0');
switch ($_GET['how']) {
	case 'empty': while (true);
	case 'work': for ($x = 0; ; $x++) { $y = md5((string) $x); }
	case 'limit': set_time_limit(1); while (true);
	case 'printed':
		register_shutdown_function(static fn () => print 'at the end');
		echo 'printed ';
		set_time_limit(1);
		while (true);
	case 'late': echo 'early '; flush(); set_time_limit(1); while (true);
}
