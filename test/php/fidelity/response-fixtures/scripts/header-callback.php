<?php
header_register_callback(static function (): void {
	header('X-Called: ' . http_response_code());
	header_remove('X-Before');
});
header('X-Before: 1');
http_response_code(202);
echo 'body';
