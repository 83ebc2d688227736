#include "igor.h"
#include <sqlite3.h>

/* Of SQLite's source, see build.sh. */
extern int sqlite3_fts3_init(sqlite3 *database, char **message, const void *functions);

/* The SQLite of php.wasm is built without FTS3 and FTS4, which applications ask for. What is registered here is called with
 * every database that is opened, and gets SQLite's functions from SQLite: php.wasm exports nearly none of them. */
void igor_sqlite_search_install(void)
{
	sqlite3_auto_extension((void (*)(void)) sqlite3_fts3_init);
}
