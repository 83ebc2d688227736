<?php
echo 'printed ', ob_get_level(), ' ';
header('X-Late: fine');
http_response_code(203);
isset($_GET['gate']) && wait_at($_GET['gate']);
echo json_encode(headers_sent());
