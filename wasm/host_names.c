/*
 * gethostbyname() and gethostbynamel(), by getaddrinfo(): gethostbyname(3) of Emscripten's libc returns one address at
 * most, and never fails. The functions keep PHP's signatures and argument errors; only their handlers are replaced.
 */
#include "igor.h"
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* PHP's. */
#define LONGEST_NAME 255

/* The IPv4 addresses of a name, for free_addresses(); NULL when there are none. */
static struct addrinfo *find_addresses(const char *name)
{
	/* The flag tells the host that the caller will not connect: see names.ts. */
	struct addrinfo hints = {.ai_flags = AI_NUMERICSERV, .ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;

	return *name != '\0' && getaddrinfo(name, NULL, &hints, &found) == 0 ? found : NULL;
}

/* The host puts all nodes but the first behind the first address. The web's php.wasm exports no freeaddrinfo(). */
static void free_addresses(struct addrinfo *found)
{
	free(found->ai_addr);
	free(found);
}

static zend_string *address_text(const struct addrinfo *found)
{
	const uint8_t *bytes = (const uint8_t *) &((const struct sockaddr_in *) found->ai_addr)->sin_addr;

	return zend_strpprintf(0, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
}

static ZEND_FUNCTION(igor_gethostbyname)
{
	char *name;
	size_t length;
	struct addrinfo *found;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_PATH(name, length)
	ZEND_PARSE_PARAMETERS_END();
	if (length > LONGEST_NAME) {
		php_error_docref(NULL, E_WARNING, "Host name cannot be longer than %d characters", LONGEST_NAME);
		RETURN_STRINGL(name, length);
	}
	found = find_addresses(name);
	if (found == NULL) {
		RETURN_STRINGL(name, length);
	}
	RETVAL_STR(address_text(found));
	free_addresses(found);
}

static ZEND_FUNCTION(igor_gethostbynamel)
{
	char *name;
	size_t length;
	struct addrinfo *found;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_PATH(name, length)
	ZEND_PARSE_PARAMETERS_END();
	if (length > LONGEST_NAME) {
		php_error_docref(NULL, E_WARNING, "Host name cannot be longer than %d characters", LONGEST_NAME);
		RETURN_FALSE;
	}
	found = find_addresses(name);
	if (found == NULL) {
		RETURN_FALSE;
	}
	array_init(return_value);
	for (const struct addrinfo *each = found; each != NULL; each = each->ai_next) {
		add_next_index_str(return_value, address_text(each));
	}
	free_addresses(found);
}

/* From MINIT: the function table is this process's own and shared by all its requests. */
void igor_host_names_install(void)
{
	igor_replace_function("gethostbyname", ZEND_FN(igor_gethostbyname));
	igor_replace_function("gethostbynamel", ZEND_FN(igor_gethostbynamel));
}
