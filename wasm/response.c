#include "response.h"
#include "request.h"

#define OUTPUT_CAPACITY 32768u
#define HEAD_ROOM 1024u

/*
 * Allocated once: a static array would be as many zero bytes in the side module's file. In front of it there is room for a
 * head: the host takes what lies in one piece by one copy.
 */
static char *output;
static uint32_t output_length;

/* The head waits here from PHP's send_headers to the first flush; grows, is never freed. */
static char *head;
static uint32_t head_length;
static uint32_t head_capacity;

static int pending_status; /* > 0: the head has still to be sent */
static bool head_sent;
static bool client_gone;

void igor_response_begin(void)
{
	if (output == NULL) {
		output = (char *) pemalloc(HEAD_ROOM + OUTPUT_CAPACITY, true) + HEAD_ROOM;
	}
	output_length = 0;
	head_length = 0;
	pending_status = 0;
	head_sent = false;
	client_gone = false;
}

static void append_head(const char *bytes, size_t length)
{
	uint32_t needed = head_length + (uint32_t) length + 1;

	if (needed > head_capacity) {
		head_capacity = needed < 1024 ? 1024 : needed * 2;
		head = perealloc(head, head_capacity, true);
	}
	if (head_length > 0) {
		head[head_length++] = '\n';
	}
	memcpy(head + head_length, bytes, length);
	head_length += (uint32_t) length;
}

/* Ordering: the head is marked as sent before the call, because the call may end in a bailout of the caller. */
static void send_part(const char *body, uint32_t length, uint32_t flags)
{
	int status = pending_status;
	const char *first = head;

	/* The host has to hear of the end in any case, but of nothing else. */
	if (client_gone && !(flags & IGOR_RESPONSE_END)) {
		return;
	}
	pending_status = 0;
	if (status > 0) {
		head_sent = true;
		if (body == output && head_length <= HEAD_ROOM) {
			first = memcpy(output - head_length, head, head_length);
		}
	}
	if (igor_host_respond(status, first, status > 0 ? head_length : 0, body, length, flags) < 0) {
		client_gone = true;
	}
}

static void gather_head(const char *status_line, const sapi_headers_struct *headers)
{
	zend_llist *list = (zend_llist *) &headers->headers;
	zend_llist_position position;
	sapi_header_struct *header;

	head_length = 0;
	if (status_line != NULL) {
		append_head(status_line, strlen(status_line));
	}
	for (header = zend_llist_get_first_ex(list, &position); header != NULL;
		header = zend_llist_get_next_ex(list, &position)) {
		if (header->header_len > 0) {
			append_head(header->header, header->header_len);
		}
	}
}

void igor_response_set_head(int status, const sapi_headers_struct *headers)
{
	if (!igor_current_request.open || head_sent) {
		return;
	}
	gather_head(headers->http_status_line, headers);
	/* Any number: the host knows which ones are valid in HTTP. */
	pending_status = status;
}

void igor_response_inform(int status, const sapi_headers_struct *headers)
{
	/* The real head already waits here: hints would replace it, and come too late. */
	if (!igor_current_request.open || head_sent || pending_status > 0) {
		return;
	}
	gather_head(NULL, headers);
	if (igor_host_respond(status, head, head_length, NULL, 0, IGOR_RESPONSE_INFORMATIONAL) < 0) {
		client_gone = true;
	}
}

bool igor_response_flush(void)
{
	if (igor_current_request.open && (pending_status > 0 || output_length > 0)) {
		uint32_t length = output_length;

		output_length = 0;
		send_part(output, length, 0);
	}
	return !client_gone;
}

bool igor_response_write(const char *bytes, size_t length)
{
	if (length > OUTPUT_CAPACITY - output_length) {
		igor_response_flush();
		if (length >= OUTPUT_CAPACITY) {
			send_part(bytes, (uint32_t) length, 0);
			return !client_gone;
		}
	}
	memcpy(output + output_length, bytes, length);
	output_length += (uint32_t) length;
	return !client_gone;
}

void igor_response_override_status(int status)
{
	if (igor_current_request.open && !head_sent) {
		pending_status = status;
	}
}

/* PHP answers 200 when it shows a fatal error to the client. Monitoring by status codes must see a failure. */
void igor_response_mark_failure(void)
{
	int fatal = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;

	if (EG(exit_status) != 255 || !(PG(last_error_type) & fatal)) {
		return;
	}
	if (!head_sent && pending_status == 200) {
		/* For PHP the head has been sent; it still waits here. */
		pending_status = 500;
	} else if (!SG(headers_sent) && SG(sapi_headers).http_response_code == 200) {
		SG(sapi_headers).http_response_code = 500;
	}
}

void igor_response_end(void)
{
	uint32_t length = output_length;

	if (!igor_current_request.open) {
		return;
	}
	/* PHP always sends headers at the end of a request, unless it died on the way. */
	if (!head_sent && pending_status <= 0) {
		head_length = 0;
		pending_status = 500;
	}
	output_length = 0;
	igor_current_request.open = false;
	send_part(output, length, IGOR_RESPONSE_END);
}
