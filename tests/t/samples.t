#!/usr/bin/perl
# The samples get the verdicts that demo and README tell of, by the shipped rules.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use File::Basename qw(basename);
use JSON::PP qw(decode_json);
use Outvet;
use Test::More;

my %verdict = (
    'invoice.eml' => 'accept',
    'reply.eml' => 'accept',
    'order-confirmation.eml' => 'accept',
    'contact-form.eml' => 'accept',
    'newsletter-untidy.eml' => 'tag',
    'campaign-shouting.eml' => 'hold',
    'scam-multi-violation.eml' => 'reject',
);

my $here = Outvet->new;
my $settings = $here->put('shipped.conf', "[rules]\ndirectories = $Outvet::source/rules\n[verdict]\nreject = 15\n");
# The demo lets them leave with today's date.
for my $date ('as written', 'today') {
    for my $path (glob "$Outvet::source/contrib/samples/*.eml") {
        my $text = Outvet::slurp($path);
        $text =~ s/^Date: .*$/Date: Mon, 23 Nov 2026 17:00:00 +0000/m if $date eq 'today';
        my ($status, $out, $err) = $here->run('check', '--json', '--date', '2026-11-23T17:00:30Z',
            '--config', $settings, '-', { bare => 1, input => $text });
        my $answer = decode_json($out || '{}');
        my $name = basename($path);
        is($answer->{verdict}, $verdict{$name}, "$name, $date") or diag $out, $err;
    }
}

for my $path (glob "$Outvet::source/contrib/samples/*.eml") {
    my ($status, $out) = $here->run('check', '--no-dns', '--config', $settings, $path, { bare => 1 });
    my ($fine) = $out =~ /^What is fine\n(.*)/ms;
    unlike($fine // '', qr/^  \+ (?:DNS|Authentication):/m, basename($path) . ': nothing of the DNS is fine where it was not asked');
}

done_testing;
