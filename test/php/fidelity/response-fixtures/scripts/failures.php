<?php
ini_set('display_errors', $_GET['display']);
ini_set('html_errors', '0');
isset($_GET['echo']) && print 'before';
isset($_GET['flush']) && flush();
switch ($_GET['how']) {
	case 'exception': throw new DomainException('thrown for the test');
	case 'error': not_a_function();
	case 'fatal': eval('class Doubled { function a() {} function a() {} }'); break;
	case 'user': trigger_error('raised for the test', E_USER_ERROR);
	case 'required': require __DIR__ . '/not-there.php'; break;
	case 'shutdown': register_shutdown_function(static fn () => throw new DomainException('thrown at the end')); break;
}
