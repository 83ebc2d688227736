/* stream_socket_accept(): what it returns is in blocking mode, as on Linux. PHP is not compiled for Linux here, so it believes that
 * a connection inherits the mode of its server; with a server that does not block, reads would then wait without a limit. */
#include "igor.h"

static zif_handler accept_connection;

static ZEND_FUNCTION(igor_stream_socket_accept)
{
	php_stream *connection;

	accept_connection(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	if (Z_TYPE_P(return_value) != IS_RESOURCE) {
		return;
	}
	php_stream_from_zval_no_verify(connection, return_value);
	if (connection != NULL) {
		php_stream_set_option(connection, PHP_STREAM_OPTION_BLOCKING, 1, NULL);
	}
}

void igor_accept_install(void)
{
	accept_connection = igor_replace_function("stream_socket_accept", ZEND_FN(igor_stream_socket_accept));
}
