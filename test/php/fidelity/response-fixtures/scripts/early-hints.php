<?php
header('X-Kept: yes');
header('Link: </style.css>; rel=preload; as=style');
$first = headers_send(103);
header('Link: </app.js>; rel=preload; as=script');
header('Link: </font.woff2>; rel=preload; as=font', false);
headers_send(103);
wait_at($_GET['gate']);
header_remove('Link');
http_response_code(201);
echo json_encode([headers_sent(), http_response_code()]);
