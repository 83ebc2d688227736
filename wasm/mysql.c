/*
 * UNIX sockets of MySQL. Upstream's mysqlnd takes the host "localhost" for "127.0.0.1", so that no script gets to a socket: a
 * socket that is named counts again, as in PHP. Where none is named, "localhost" stays 127.0.0.1: the default socket lies in
 * a folder that PHP does not see.
 */
#include "igor.h"
#include "ext/mysqlnd/mysqlnd.h"
#include "ext/mysqlnd/mysqlnd_ext_plugin.h"

/* The web's php.wasm has no mysqlnd. */
#pragma weak mysqlnd_plugin_methods_xetters
#pragma weak mysqlnd_connection_connect

/* What mysqlnd and PDO take where neither a script nor an ini value names a socket. */
#define DEFAULT_SOCKET "/tmp/mysql.sock"

static func_mysqlnd_data__connect original_connect;
/* What upstream's code has in place of "localhost"; a script's own "127.0.0.1" lies elsewhere. */
static const char *replaced_localhost;

static enum_func_status connect_by_socket(MYSQLND *connection, const MYSQLND_CSTRING host, const MYSQLND_CSTRING user,
	const MYSQLND_CSTRING password, const MYSQLND_CSTRING database, unsigned int port, const MYSQLND_CSTRING socket,
	unsigned int flags)
{
	static const MYSQLND_CSTRING localhost = {"localhost", sizeof("localhost") - 1};
	bool named = socket.l > 0 && strcmp(socket.s, DEFAULT_SOCKET) != 0;

	return original_connect(connection, named && host.s == replaced_localhost ? localhost : host, user, password,
		database, port, socket, flags);
}

static enum_func_status note_host(MYSQLND *connection, const MYSQLND_CSTRING host, const MYSQLND_CSTRING user,
	const MYSQLND_CSTRING password, const MYSQLND_CSTRING database, unsigned int port, const MYSQLND_CSTRING socket,
	unsigned int flags)
{
	replaced_localhost = host.s;
	return FAIL;
}

void igor_mysql_install(void)
{
	struct st_mysqlnd_conn_methods *methods, only_noting = {.connect = note_host};
	MYSQLND connection = {.m = &only_noting};

	if (&mysqlnd_plugin_methods_xetters == NULL) {
		return;
	}
	methods = mysqlnd_conn_get_methods();
	mysqlnd_connection_connect(&connection, "localhost", "", "", 0, "", 0, 0, NULL, 0, 0);
	original_connect = methods->connect;
	methods->connect = connect_by_socket;
}
