<?php
setcookie('a', 'one two', ['path' => '/', 'httponly' => true, 'samesite' => 'Lax']);
setrawcookie('b', 'raw');
header('Set-Cookie: c=3', false);
echo count(headers_list());
