<?php
switch ($_GET['how']) {
	case 'line': header("HTTP/1.1 418 I'm a teapot"); break;
	case 'short-line': header('HTTP/'); break;
	case 'function': http_response_code(404); break;
	case 'header': header('Status: 409 Conflict'); break;
	case 'third': header('X-Any: 1', true, 402); break;
	case 'location': header('Location: /elsewhere'); break;
	case 'created': http_response_code(201); header('Location: /made'); break;
	case 'unknown': http_response_code(599); break;
	case 'too-large': http_response_code(1000); break;
	case 'too-small': http_response_code(42); break;
	case 'no-content': http_response_code(204); break;
	case 'authenticate': header('WWW-Authenticate: Basic realm="x"'); break;
}
isset($_GET['silent']) || print 'status ' . http_response_code();
