/* codes.c - the writer's code locations and other definitions. */
#include "writer.h"

#include <stdlib.h>

static void out_of_memory(struct trace_writer *writer)
{
    struct cb_error error;
    cb_error_set(&error, CB_IO, "out of memory while writing a trace");
    writer_fail(writer, &error);
}

static void refuse(struct trace_writer *writer, const char *sentence)
{
    struct cb_error error;
    cb_error_set(&error, CB_TRACE, "%s", sentence);
    writer_fail(writer, &error);
}

/* Where the next definition goes; *counted once it is written. */
static uint8_t *start_definition(struct trace_writer *writer)
{
    struct spool_block *block = writer->definitions;
    if (block != NULL && block->raw_size + DEFINITION_MAX > BLOCK_RAW_MAX) {
        writer_end_definitions(writer);
        block = NULL;
    }
    if (block == NULL) {
        block = spool_take(writer->spool);
        block->type = BLOCK_DEFINITIONS;
        block->first = writer->definitions_codes;
        writer->definitions = block;
        writer->definition_end = 0;
        writer->definition_distance = 0;
    }
    return block->raw + block->raw_size;
}

static void end_definition(struct trace_writer *writer, const uint8_t *end)
{
    struct spool_block *block = writer->definitions;
    block->raw_size = (size_t)(end - block->raw);
    block->count++;
}

void writer_end_definitions(struct trace_writer *writer)
{
    struct spool_block *block = writer->definitions;
    if (block == NULL)
        return;
    spool_put(writer->spool, block);
    writer->definitions = NULL;
}

static void define_code(struct trace_writer *writer, const struct code_key *key)
{
    uint8_t *to = start_definition(writer);
    *to++ = DEFINE_CODE;
    *to++ = key->length;
    to = put_varint(to, zigzag(key->vaddr - writer->definition_end));
    to = put_varint(to, zigzag(key->paddr - key->vaddr - writer->definition_distance));
    memcpy(to, key->bytes, key->length);
    end_definition(writer, to + key->length);
    writer->definition_end = key->vaddr + key->length;
    writer->definition_distance = key->paddr - key->vaddr;
    writer->definitions_codes++;
}

static uint64_t hash_key(const struct code_key *key)
{
    uint64_t low, high;
    memcpy(&low, key->bytes, 8);
    memcpy(&high, key->bytes + 7, 8);
    uint64_t hash = (key->vaddr ^ key->length) * 0x9e3779b97f4a7c15ull;
    hash = (hash ^ hash >> 29 ^ key->paddr) * 0xbf58476d1ce4e5b9ull;
    hash = (hash ^ hash >> 32 ^ low ^ high << 8) * 0x94d049bb133111ebull;
    return hash ^ hash >> 31;
}

static bool same_key(const struct code_key *a, const struct code_key *b)
{
    return a->vaddr == b->vaddr && a->paddr == b->paddr && a->length == b->length &&
           memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static uint32_t *find_bucket(const struct trace_writer *writer,
                             const struct code_key *key)
{
    size_t mask = writer->bucket_count - 1;
    size_t i = hash_key(key) & mask;
    while (writer->buckets[i] != 0 &&
           !same_key(&writer->keys[writer->buckets[i] - 1], key))
        i = (i + 1) & mask;
    return &writer->buckets[i];
}

static bool grow_buckets(struct trace_writer *writer)
{
    uint32_t *before = writer->buckets;
    size_t count = writer->bucket_count;
    uint32_t *bigger = calloc(2 * count, sizeof *bigger);
    if (bigger == NULL)
        return false;
    writer->buckets = bigger;
    writer->bucket_count = 2 * count;
    for (size_t i = 0; i < count; i++)
        if (before[i] != 0)
            *find_bucket(writer, &writer->keys[before[i] - 1]) = before[i];
    free(before);
    return true;
}

static bool grow_codes(struct trace_writer *writer)
{
    size_t room = 2 * writer->code_room;
    struct code_key *keys = realloc(writer->keys, room * sizeof *keys);
    if (keys == NULL)
        return false;
    writer->keys = keys;
    size_t current = (size_t)(writer->slot - writer->slots);
    struct writer_slot *slots = realloc(writer->slots, (room + 1) * sizeof *slots);
    if (slots == NULL)
        return false;
    writer->slots = slots;
    writer->slot = slots + current;
    writer->code_room = room;
    return true;
}

bool codes_start(struct trace_writer *writer)
{
    writer->code_room = 1024;
    writer->bucket_count = 4096;
    writer->keys = malloc(writer->code_room * sizeof *writer->keys);
    writer->slots = malloc((writer->code_room + 1) * sizeof *writer->slots);
    writer->buckets = calloc(writer->bucket_count, sizeof *writer->buckets);
    if (writer->keys == NULL || writer->slots == NULL || writer->buckets == NULL)
        return false;
    writer->slots[0] = (struct writer_slot){.length = 0};
    writer->slot = writer->slots;
    return true;
}

static uint32_t add_code(struct trace_writer *writer, const struct code_key *key)
{
    if (writer->codes == TRACE_NO_CODE - 1) {
        refuse(writer, "a trace holds at most 4294967294 code locations");
        return 0;
    }
    if ((writer->codes == writer->code_room && !grow_codes(writer)) ||
        (2 * (size_t)writer->codes >= writer->bucket_count && !grow_buckets(writer))) {
        out_of_memory(writer);
        return 0;
    }
    uint32_t code = writer->codes++;
    writer->keys[code] = *key;
    writer->slots[code + 1] =
        (struct writer_slot){.length = cut_at_page(key->vaddr, key->length),
                             .room = cut_at_page(key->vaddr, UINT8_MAX)};
    *find_bucket(writer, key) = code + 1;
    define_code(writer, key);
    return code;
}

uint32_t trace_put_code(struct trace_writer *writer, uint64_t vaddr, uint64_t paddr,
                        const uint8_t *bytes, uint8_t length)
{
    struct code_key key = {.vaddr = vaddr, .paddr = paddr, .length = length};
    if (length > sizeof key.bytes) {
        refuse(writer, "an instruction is longer than 15 bytes");
        return 0;
    }
    if (length > 0)
        memcpy(key.bytes, bytes, length);
    uint32_t known = *find_bucket(writer, &key);
    return known != 0 ? known - 1 : add_code(writer, &key);
}

static uint8_t *put_name(uint8_t *to, const char *name)
{
    size_t length = strnlen(name, TRACE_NAME_SIZE);
    *to++ = (uint8_t)length;
    memcpy(to, name, length);
    return to + length;
}

void trace_put_domain(struct trace_writer *writer, const struct trace_domain *domain)
{
    if (domain->id == TRACE_DOMAIN_CURRENT || domain->kind >= TRACE_DOMAIN_KINDS ||
        domain->base > domain->limit ||
        strnlen(domain->name, TRACE_NAME_SIZE) == TRACE_NAME_SIZE) {
        refuse(writer, "a domain has a number, kind, window or name that cannot be");
        return;
    }
    uint8_t *to = start_definition(writer);
    *to++ = DEFINE_DOMAIN;
    to = put_u16(to, domain->id);
    *to++ = domain->kind;
    to = put_u64(to, domain->base);
    to = put_u64(to, domain->limit);
    end_definition(writer, put_name(to, domain->name));
}

void trace_put_region(struct trace_writer *writer, const struct trace_region *region)
{
    if (region->role >= TRACE_ROLES || region->base >= region->limit ||
        strnlen(region->name, TRACE_NAME_SIZE) == TRACE_NAME_SIZE) {
        refuse(writer, "a region is empty or has a role or name that cannot be");
        return;
    }
    uint8_t *to = start_definition(writer);
    *to++ = DEFINE_REGION;
    *to++ = region->role;
    to = put_u16(to, region->domain);
    to = put_u64(to, region->base);
    to = put_u64(to, region->limit);
    end_definition(writer, put_name(to, region->name));
}

void trace_put_tables(struct trace_writer *writer, const struct trace_tables *tables)
{
    uint8_t *to = start_definition(writer);
    *to++ = DEFINE_TABLES;
    to = put_u64(to, tables->idt);
    to = put_u64(to, tables->gdt);
    to = put_u64(to, tables->tss);
    to = put_u64(to, tables->idt_physical);
    to = put_u64(to, tables->gdt_physical);
    to = put_u64(to, tables->tss_physical);
    to = put_u16(to, tables->kernel_cs);
    end_definition(writer, put_u16(to, tables->kernel_ss));
}
