# Small pages, and what Chromium shows of them: the oracle of rules/html.h.
#
# tests/data/html/SUBJECT.cases holds pages, each below a line `=== name`; SUBJECT.expected the
# visible text of each as Chromium gives it, white space folded, in one line; a control or format
# character is written {U+0000} in both. tests/tools/visible-text makes the second from the first.
package VisibleText;

use strict;
use warnings;
use Chromium;
use File::Temp qw(tempdir);
use JSON::PP ();
use Outvet;

our $directory = "$Outvet::source/tests/data/html";

sub subjects {
    return map { m{([^/]+)\.cases$} } sort glob "$directory/*.cases";
}

# The sections of a file, in order: [name, text].
sub sections {
    my ($path) = @_;
    my @sections;
    open my $file, '<:encoding(UTF-8)', $path or die "$path: $!\n";
    while (my $line = <$file>) {
        if ($line =~ /^=== (.*)$/) {
            push @sections, [$1, ''];
        } elsif (@sections) {
            $sections[-1][1] .= $line;
        }
    }
    for my $section (@sections) {
        chomp $section->[1];
        $section->[1] =~ s/\{U\+([0-9A-F]{4,6})\}/chr hex $1/ge;
    }
    return @sections;
}

# White space is folded, as the tests do; the rest that cannot be seen is made visible.
sub fold {
    my ($text) = @_;
    $text =~ s/[ \t\r\n\f]+/ /g;
    $text =~ s/^ | $//g;
    $text =~ s/([\p{Cc}\p{Cf}\p{Zl}\p{Zp}\x{00A0}\x{034F}\x{FFFD}])/sprintf '{U+%04X}', ord $1/ge;
    return $text;
}

# Each page is parsed in a frame of its own in which scripts are off, as in a mail program. All in
# one start of the browser, which needs no network and no settings of anybody.
my $asking = <<'END';
<!DOCTYPE html><meta charset="utf-8"><body><script>
const pages = PAGES;
const texts = [];
for (const page of pages) {
    const frame = document.createElement('iframe');
    frame.sandbox = 'allow-same-origin';
    frame.width = 800;
    frame.height = 600;
    document.body.append(frame);
    frame.contentDocument.open();
    frame.contentDocument.write(page);
    frame.contentDocument.close();
    const body = frame.contentDocument.body;
    texts.push(body ? body.innerText ?? '' : '');
    frame.remove();
}
document.body.textContent = 'TEXTS ' + JSON.stringify(texts).replace(/[<>&\u0000-\u001f\u007f-\uffff]/g,
    c => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0')) + ' END';
</script>
END

# What Chromium shows of each page, folded.
sub ask_chromium {
    my (@pages) = @_;
    my $home = tempdir('outvet-XXXXXXXX', TMPDIR => 1, CLEANUP => 1);
    my $json = JSON::PP->new->ascii->encode(\@pages);
    $json =~ s/</\\u003c/g;
    my $page = $asking;
    $page =~ s/PAGES/$json/;
    open my $file, '>:raw', "$home/pages.html" or die "$home/pages.html: $!\n";
    print $file $page;
    close $file or die "$home/pages.html: $!\n";
    my $out = Chromium::dump_dom($home, "$home/pages.html", '--host-resolver-rules=MAP * ~NOTFOUND');
    my ($answer) = $out =~ /TEXTS (\[.*\]) END/s or die "no answer of Chromium\n";
    return map { fold($_) } @{ JSON::PP->new->decode($answer) };
}

1;
