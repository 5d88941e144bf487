# Outvet. `make help` lists what there is to make.

CC       ?= gcc
BUILD    ?= build
PREFIX   ?= /usr/local
SYSCONFDIR ?= /etc
LOCALSTATEDIR ?= /var
DATADIR  ?= $(PREFIX)/share/outvet
SANITIZE ?=
VERSION  := 0.1.0

PACKAGES := glib-2.0 gmime-3.0 libpcre2-8 libhs sqlite3 jansson libsystemd
PKG_CFLAGS := $(subst -I,-isystem ,$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null))
PKG_LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Werror
HARDEN   := -fstack-protector-strong -fPIE
ifeq ($(SANITIZE),)
OPTIMIZE ?= -O2 -D_FORTIFY_SOURCE=2
else
OPTIMIZE ?= -O1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
endif
CFLAGS   ?= -g
override CFLAGS += -std=c17 -D_GNU_SOURCE -I. $(OPTIMIZE) $(WARNINGS) $(HARDEN) -MMD -MP \
  -DOV_VERSION='"$(VERSION)"' -DOV_SYSCONFDIR='"$(SYSCONFDIR)"' \
  -DOV_LOCALSTATEDIR='"$(LOCALSTATEDIR)"' -DOV_DATADIR='"$(DATADIR)"' $(PKG_CFLAGS)
LDFLAGS  += -pie -Wl,-z,relro,-z,now $(if $(SANITIZE),-fsanitize=$(SANITIZE))
LDLIBS   := $(PKG_LIBS) -lm -lpthread

RULES_SRC  := $(sort $(wildcard rules/*.c))
POLICY_SRC := $(sort $(wildcard policy/*.c policy/ledger/*.c))
REVIEW_SRC := $(sort $(wildcard policy/review/*.c))
MILTER_SRC := $(sort $(wildcard milter/*.c))
UNIT_SRC   := $(sort $(wildcard tests/unit/test_*.c))
objects     = $(patsubst %.c,$(BUILD)/%.o,$(1))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT_SRC))

.PHONY: all unit clean
all: $(BUILD)/outvetd $(BUILD)/outvet

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c -o $@ $<

# An archive follows the list of its sources: a file that left the tree leaves the archive.
$(BUILD)/librules.a: $(call objects,$(RULES_SRC))
	@rm -f $@
	ar rcs $@ $^
$(BUILD)/libpolicy.a: $(call objects,$(POLICY_SRC))
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/outvetd: $(call objects,$(MILTER_SRC)) $(BUILD)/libpolicy.a $(BUILD)/librules.a
	$(CC) $(LDFLAGS) -o $@ $^ -lmilter $(LDLIBS)
$(BUILD)/outvet: $(call objects,$(REVIEW_SRC)) $(BUILD)/libpolicy.a $(BUILD)/librules.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Unit tests: each file a program, linked with the layers, so it may use any public header.
$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libpolicy.a $(BUILD)/librules.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

unit: $(UNIT_TESTS)
	@set -e; for t in $(UNIT_TESTS); do echo "# $$t"; OUTVET_SOURCE=$(CURDIR) $$t; done

clean:
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
