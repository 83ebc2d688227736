<?php

$answer = static function (): void {
	echo 'Hello';
};

while (frankenphp_handle_request($answer)) {
}
