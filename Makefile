# Outvet. `make help` lists what there is to make.

CC            ?= gcc
BUILD         ?= build
PREFIX        ?= /usr/local
SYSCONFDIR    ?= /etc
LOCALSTATEDIR ?= /var
DATADIR       ?= $(PREFIX)/share/outvet
MANDIR        ?= $(PREFIX)/share/man
UNITDIR       ?= /lib/systemd/system
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
SANITIZE      ?=
SECONDS       ?= 60
OUT           ?= $(BUILD)/quality
V             ?=
VERSION       := 0.1.0

PACKAGES   := glib-2.0 libpcre2-8 libhs sqlite3 jansson libsystemd libpsl libidn2 libcrypto libssl libcurl zlib liblzma hiredis
PKG_CFLAGS := $(subst -I,-isystem ,$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null))
PKG_LIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

# V=1 shows each command whole.
QUIET := $(if $(V),,@)

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Werror
HARDEN   := -fstack-protector-strong -fPIE
ifeq ($(SANITIZE),)
OPTIMIZE ?= -O2 -D_FORTIFY_SOURCE=2
else
OPTIMIZE ?= -O1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
endif
CFLAGS   ?= -g
override CFLAGS += -std=c17 -D_GNU_SOURCE -I. -I$(BUILD) $(OPTIMIZE) $(WARNINGS) $(HARDEN)
DEFINES  := -DOV_VERSION='"$(VERSION)"' -DOV_SYSCONFDIR='"$(SYSCONFDIR)"' \
  -DOV_LOCALSTATEDIR='"$(LOCALSTATEDIR)"' -DOV_DATADIR='"$(DATADIR)"'
LDFLAGS  += -pie -Wl,-z,relro,-z,now $(if $(SANITIZE),-fsanitize=$(SANITIZE))
LDLIBS   := $(PKG_LIBS) -lunbound -lm -lpthread
# Of outvetd alone.
MILTER_LIBS := -lmilter $(shell pkg-config --libs libmicrohttpd 2>/dev/null)

RULES_SRC  := $(sort $(wildcard rules/*.c rules/auth/*.c))
ifeq ($(SANITIZE),thread)
RULES_SRC += tests/tsan_glib.c tests/tsan_unbound.c
endif
POLICY_SRC := $(sort $(wildcard policy/*.c policy/alert/*.c policy/delegation/*.c policy/delivery/*.c \
  policy/feedback/*.c policy/ledger/*.c policy/limits/*.c policy/mailboxes/*.c policy/provider/*.c policy/samples/*.c) \
  $(filter-out policy/queue/outvet_queue.c,$(wildcard policy/queue/*.c)))
REVIEW_SRC := $(sort $(filter-out policy/review/outvet.c,$(wildcard policy/review/*.c)))
MILTER_SRC := $(sort $(filter-out milter/outvetd.c,$(wildcard milter/*.c)))
UNIT_SRC   := $(sort $(wildcard tests/unit/test_*.c))
UNIT_HELP  := $(sort $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c)))
FUZZ_SRC   := $(sort $(wildcard tests/fuzz/fuzz_*.c))
BENCH_SRC  := $(sort $(wildcard tests/bench/*.c))
BENCH_HELP := $(sort $(wildcard tests/bench/lib/*.c))
objects     = $(patsubst %.c,$(BUILD)/%.o,$(1))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT_SRC))
FUZZERS    := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(FUZZ_SRC))
BENCHES    := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(BENCH_SRC))
LAYERS     := $(BUILD)/libreview.a $(BUILD)/libmilter-side.a $(BUILD)/libpolicy.a $(BUILD)/librules.a
C_FILES     = $(shell git ls-files '*.c' '*.h')

.SECONDARY:
.PHONY: all help deps demo-deps quality-deps test-deps lint-deps demo quality fit-weights unit programs \
  test test-asan test-tsan fuzz fuzzers bench lint format install clean

all: $(BUILD)/outvetd $(BUILD)/outvet $(BUILD)/outvet-queue

help:
	@echo 'make             build outvetd, outvet and outvet-queue'
	@echo 'make deps        install what building and running needs (apt; root or sudo)'
	@echo 'make demo        install, build, and watch real mail pass a private Postfix; KEEP=1 keeps it running'
	@echo 'make quality     what the rules make of CORPUS=DIR with ham/SET/ and spam/SET/; AGAINST=FILE.tsv, OUT=DIR'
	@echo 'make fit-weights fit the weights of the rules to CORPUS=DIR, cross-validated; OUT=DIR'
	@echo 'make test        all tests (installs what they need); make unit: the unit tests alone'
	@echo 'make test-asan   the same under AddressSanitizer and UndefinedBehaviorSanitizer'
	@echo 'make test-tsan   the threaded parts under ThreadSanitizer'
	@echo 'make fuzz        every fuzz harness for SECONDS=$(SECONDS) each (clang)'
	@echo 'make bench       speed and memory against a baseline of the same run; CORPUS=DIR judges a directory'
	@echo 'make lint        clang-format, clang-tidy, cppcheck, mandoc'
	@echo 'make install     DESTDIR=, PREFIX=$(PREFIX), SYSCONFDIR=$(SYSCONFDIR)'

# What the machine needs. Each installs only what is missing, and never replaces an MTA.
deps:
	@contrib/setup/install-packages build
demo-deps:
	@contrib/setup/install-packages build demo
quality-deps:
	@contrib/setup/install-packages build quality
test-deps:
	@contrib/setup/install-packages build demo quality test
	@tests/tools/unpack-sendmail build/sendmail
lint-deps:
	@contrib/setup/install-packages build lint

# Where things are installed is compiled in, so other flags make other objects.
FLAGS = $(CC) $(CFLAGS) $(DEFINES)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$(subst ",\",$(FLAGS))" | cmp -s - $@ || printf '%s\n' "$(subst ",\",$(FLAGS))" >$@
.PHONY: FORCE
FORCE:

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo '  CC   $<'
	$(QUIET)$(CC) $(CFLAGS) $(DEFINES) $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

# What a page is made of, and what Redis runs, as lines of C.
PAGE_INC := $(addprefix $(BUILD)/policy/review/,page.html.inc page.css.inc)
$(BUILD)/policy/review/check_html.o: $(PAGE_INC)
SCRIPT_INC := $(BUILD)/policy/limits/counters_redis.lua.inc
$(BUILD)/policy/limits/counters_redis_call.o: $(SCRIPT_INC)
$(BUILD)/%.inc: %
	@mkdir -p $(@D)
	@sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $< >$@

# An archive follows the list of its sources: a file that left the tree leaves the archive. Of two functions
# of one name the linker would quietly take the first.
define archive
$(BUILD)/$(1): $(call objects,$(2))
	@rm -f $$@
	@ar rcs $$@.new $$^
	@! nm -g --defined-only $$@.new | awk 'NF == 3 {print $$$$3}' | sort | uniq -d | sed 's/^/defined twice: /' | grep .
	@mv $$@.new $$@
endef
$(eval $(call archive,librules.a,$(RULES_SRC)))
$(eval $(call archive,libpolicy.a,$(POLICY_SRC)))
$(eval $(call archive,libreview.a,$(REVIEW_SRC)))
$(eval $(call archive,libmilter-side.a,$(MILTER_SRC)))

$(BUILD)/outvetd: $(BUILD)/milter/outvetd.o $(BUILD)/libmilter-side.a $(BUILD)/libpolicy.a \
  $(BUILD)/librules.a
	@echo '  LINK $@'
	$(QUIET)$(CC) $(LDFLAGS) -o $@ $^ $(MILTER_LIBS) $(LDLIBS)
$(BUILD)/outvet: $(BUILD)/policy/review/outvet.o $(BUILD)/libreview.a $(BUILD)/libpolicy.a \
  $(BUILD)/librules.a
	@echo '  LINK $@'
	$(QUIET)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# What runs as root loads no library that nothing in it refers to.
$(BUILD)/outvet-queue: $(BUILD)/policy/queue/outvet_queue.o $(BUILD)/libpolicy.a $(BUILD)/librules.a
	@echo '  LINK $@'
	$(QUIET)$(CC) -Wl,--as-needed $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The suite of openspf.org is written in YAML.
$(BUILD)/unit/test_spf_suite: LDLIBS += -lyaml
$(BUILD)/unit/test_spf_peer: LDLIBS += -lyaml -lspf2

# Tests, fuzzers, benches: each file a program that may use any public header.
$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(call objects,$(UNIT_HELP)) $(LAYERS)
	@mkdir -p $(@D)
	@echo '  LINK $@'
	$(QUIET)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(MILTER_LIBS) $(LDLIBS)
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(LAYERS)
	@mkdir -p $(@D)
	@echo '  LINK $@'
	$(QUIET)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)
$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(call objects,$(BENCH_HELP)) $(LAYERS)
	@mkdir -p $(@D)
	@echo '  LINK $@'
	$(QUIET)$(CC) $(LDFLAGS) -o $@ $^ $(MILTER_LIBS) $(LDLIBS)

programs: all $(UNIT_TESTS) $(BENCHES)

# prove runs the unit tests (cmocka speaks TAP) and the integration tests alike.
PROVE = G_DEBUG=fatal-criticals OUTVET_SOURCE=$(CURDIR) OUTVET_BUILD=$(abspath $(BUILD)) CMOCKA_MESSAGE_OUTPUT=TAP \
  prove --exec '' --timer
INTEGRATION = $(sort $(wildcard tests/t/*.t))

unit: $(UNIT_TESTS)
	@$(PROVE) $(UNIT_TESTS)

test: test-deps
	$(MAKE) programs
	@$(PROVE) $(UNIT_TESTS) $(INTEGRATION)

test-asan: test-deps
	$(MAKE) programs BUILD=build/asan SANITIZE=address,undefined
	ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1 \
	  $(MAKE) prove-all BUILD=build/asan

test-tsan: test-deps
	$(MAKE) programs BUILD=build/tsan SANITIZE=thread
	G_SLICE=always-malloc TSAN_OPTIONS=halt_on_error=1:suppressions=$(CURDIR)/tests/tsan.supp \
	  $(MAKE) prove-all BUILD=build/tsan

.PHONY: prove-all
prove-all:
	@$(PROVE) $(UNIT_TESTS) $(INTEGRATION)

# Fuzzing needs clang's libFuzzer; each harness starts from its seeds and keeps what it finds.
fuzz: lint-deps
	$(MAKE) fuzzers BUILD=build/fuzzing CC=clang SANITIZE=address,undefined \
	  OPTIMIZE='-O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'
	@set -e; for harness in $(patsubst tests/fuzz/%.c,%,$(FUZZ_SRC)); do \
	  corpus=build/fuzzing/corpus/$$harness; mkdir -p $$corpus; \
	  echo "# $$harness, $(SECONDS) s"; \
	  OUTVET_SOURCE=$(CURDIR) build/fuzzing/fuzz/$$harness -max_total_time=$(SECONDS) -timeout=10 \
	    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix=build/fuzzing/ \
	    $$corpus tests/fuzz/seeds/$${harness#fuzz_} 2>build/fuzzing/$$harness.log \
	    || { tail -40 build/fuzzing/$$harness.log; exit 1; }; \
	  grep -E 'stat::(number_of_executed_units|peak_rss_mb)' build/fuzzing/$$harness.log; \
	done
fuzzers: $(FUZZERS)

demo: demo-deps
	$(MAKE) all
	@contrib/sandbox/demo

# Each program's --help says more.
QUALITY_OPTIONS = --outvet $(BUILD)/outvet --out $(OUT) $(if $(CONFIG),--config $(CONFIG)) \
  $(addprefix --rules ,$(RULES)) $(or $(CORPUS),$(error CORPUS=DIR is missing: a directory with ham/ and spam/))
quality: quality-deps
	@$(MAKE) --no-print-directory all
	@contrib/quality/quality $(QUALITY_OPTIONS) $(if $(AGAINST),--against $(AGAINST))
fit-weights: quality-deps
	@$(MAKE) --no-print-directory all
	@contrib/quality/fit-weights $(QUALITY_OPTIONS)

bench: test-deps
	$(MAKE) programs
	@CORPUS=$(CORPUS) tests/bench/run

lint: export TIDY_FLAGS = $(filter-out -Werror,$(CFLAGS)) $(DEFINES) $(PKG_CFLAGS)
lint: lint-deps $(PAGE_INC) $(SCRIPT_INC)
	clang-format --dry-run -Werror $(C_FILES)
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
	  --inline-suppr --suppressions-list=tests/cppcheck.supp -I. $(filter %.c,$(C_FILES))
	@printf '%s\n' $(filter rules/%.c policy/%.c milter/%.c,$(C_FILES)) | \
	  xargs -P 2 -n 4 sh -c 'eval "clang-tidy --quiet --warnings-as-errors=* $$* -- $$TIDY_FLAGS" 2>/dev/null' sh
	mandoc -Tlint -Wwarning $(wildcard contrib/man/*) </dev/null

format:
	clang-format -i $(C_FILES)

install: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(DATADIR)/rules/phrases \
	  $(DESTDIR)$(SYSCONFDIR)/outvet/rules.d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(COMPLETIONDIR)
	install $(BUILD)/outvetd $(DESTDIR)$(PREFIX)/sbin/outvetd
	install $(BUILD)/outvet-queue $(DESTDIR)$(PREFIX)/sbin/outvet-queue
	install $(BUILD)/outvet $(DESTDIR)$(PREFIX)/bin/outvet
	install -m 644 rules/*.conf $(DESTDIR)$(DATADIR)/rules/
	install -m 644 rules/phrases/* $(DESTDIR)$(DATADIR)/rules/phrases/
	test -e $(DESTDIR)$(SYSCONFDIR)/outvet/outvet.conf || \
	  install -m 644 contrib/outvet.conf $(DESTDIR)$(SYSCONFDIR)/outvet/outvet.conf
	@set -e; for unit in outvetd outvet-queue; do sed 's,@SBINDIR@,$(PREFIX)/sbin,' \
	  contrib/systemd/$$unit.service >$(DESTDIR)$(UNITDIR)/$$unit.service; done
	install -d $(DESTDIR)$(DATADIR)/prometheus
	install -m 644 contrib/prometheus/outvet.rules.yml $(DESTDIR)$(DATADIR)/prometheus/
	install -m 644 contrib/completion/outvet.bash $(DESTDIR)$(COMPLETIONDIR)/outvet
	@set -e; for page in contrib/man/*.[1-8]; do section=man$${page##*.}; \
	  install -d $(DESTDIR)$(MANDIR)/$$section; install -m 644 $$page $(DESTDIR)$(MANDIR)/$$section/; done

clean:
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
