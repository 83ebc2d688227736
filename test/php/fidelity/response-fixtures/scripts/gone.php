<?php
isset($_GET['ignore']) && ignore_user_abort((bool) $_GET['ignore']);
$before = [connection_status(), connection_aborted()];
$name = $_GET['name'];
register_shutdown_function(static fn () => leave("$name-shutdown", json_encode([connection_status(), connection_aborted()])));
echo 'start';
flush();
wait_at($name);
for ($i = 0; $i < 500 && !connection_aborted(); $i++) {
	echo str_repeat('x', 1000);
	flush();
	usleep(2000);
}
leave("$name-after", json_encode([$before, connection_status(), connection_aborted(), ignore_user_abort()]));
