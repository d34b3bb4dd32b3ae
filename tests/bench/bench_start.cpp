// SPDX-License-Identifier: GPL-3.0-or-later
// From the start of a process until its rows stand on the screen, seen from outside: pictures of the root window are
// taken one after the other until nothing changes for a second, and the first of them that has the same text in the
// rows as the last one (90 % of its pixels that are not ground) gives the time. Run by bench_start.sh.
//
//   bench_start ROUNDS NAME COMMAND… [-- NAME COMMAND…]…
#include <QElapsedTimer>
#include <QFile>
#include <QGuiApplication>
#include <QHash>
#include <QImage>
#include <QPixmap>
#include <QProcess>
#include <QScreen>
#include <QThread>

#include <algorithm>
#include <cstdio>
#include <vector>

using namespace Qt::StringLiterals;

namespace {

// Rows, in each of the windows as openbox places them on 1400 x 900; no tool bar, no header, and beside the box that
// DB Browser puts over its table. Look at a picture of the screen before trusting figures of another candidate.
constexpr QRect looked(310, 490, 330, 260);
constexpr qint64 stillMs = 1'000;
constexpr qint64 giveUpMs = 15'000;

struct Candidate
{
    QString name;
    QStringList command;
    std::vector<double> ms;
    std::vector<double> megabytes;
};

QImage picture()
{
    QScreen *screen = QGuiApplication::primaryScreen();
    return screen->grabWindow(0, looked.x(), looked.y(), looked.width(), looked.height()).toImage().convertToFormat(QImage::Format_RGB32);
}

QRgb groundOf(const QImage &image)
{
    QHash<QRgb, int> counts;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            ++counts[image.pixel(x, y)];
    return std::max_element(counts.keyValueBegin(), counts.keyValueEnd(), [](const auto &a, const auto &b) { return a.second < b.second; })->first;
}

/// Which part of the pixels of `last` that are not ground stands in `image`, too.
double likeness(const QImage &image, const QImage &last, QRgb ground)
{
    int all = 0;
    int same = 0;
    for (int y = 0; y < last.height(); ++y) {
        for (int x = 0; x < last.width(); ++x) {
            if (last.pixel(x, y) == ground)
                continue;
            ++all;
            same += image.pixel(x, y) == last.pixel(x, y) ? 1 : 0;
        }
    }
    return all < 200 ? -1 : static_cast<double>(same) / all;
}

double residentMegabytes(qint64 pid)
{
    QFile status(u"/proc/%1/status"_s.arg(pid));
    if (status.open(QIODevice::ReadOnly)) {
        for (const QByteArray &line : status.readAll().split('\n')) {
            if (line.startsWith("VmRSS:"))
                return line.mid(6).trimmed().split(' ').first().toDouble() / 1024;
        }
    }
    return -1;
}

void measure(Candidate &candidate, bool counts)
{
    QProcess process;
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(QProcess::nullDevice());
    std::vector<std::pair<double, QImage>> pictures;
    const QImage before = picture();
    QElapsedTimer timer;
    timer.start();
    process.start(candidate.command.first(), candidate.command.mid(1));
    QImage last = before;
    double changed = 0;
    while (timer.elapsed() < giveUpMs && (pictures.empty() || timer.elapsed() - static_cast<qint64>(changed) < stillMs)) {
        const QImage now = picture();
        const double at = static_cast<double>(timer.nsecsElapsed()) / 1e6;
        if (now != last) {
            pictures.emplace_back(at, now);
            last = now;
            changed = at;
        }
        QThread::msleep(1); // leaves the processor to the program that is measured
    }
    const double resident = residentMegabytes(process.processId());
    process.kill();
    process.waitForFinished();
    const QRgb ground = groundOf(last);
    const auto shown = std::find_if(pictures.begin(), pictures.end(), [&](const auto &one) { return likeness(one.second, last, ground) >= 0.9; });
    if (shown == pictures.end()) {
        std::fprintf(stderr, "bench_start: %s showed no rows\n", qPrintable(candidate.name));
        std::exit(1);
    }
    if (counts) {
        candidate.ms.push_back(shown->first);
        candidate.megabytes.push_back(resident);
    }
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace

int main(int argc, char **argv)
{
    const QGuiApplication app(argc, argv);
    const QStringList arguments = QGuiApplication::arguments();
    std::vector<Candidate> candidates;
    for (qsizetype i = 2; i < arguments.size();) {
        const qsizetype end = std::max(arguments.indexOf(u"--"_s, i), qsizetype(-1));
        const qsizetype stop = end < 0 ? arguments.size() : end;
        candidates.push_back({arguments[i], arguments.mid(i + 1, stop - i - 1), {}, {}});
        i = stop + 1;
    }
    const int rounds = arguments.size() > 1 ? arguments[1].toInt() : 0;
    if (rounds < 1 || candidates.empty() || std::any_of(candidates.begin(), candidates.end(), [](const Candidate &c) { return c.command.isEmpty(); })) {
        std::fprintf(stderr, "usage: bench_start ROUNDS NAME COMMAND… [-- NAME COMMAND…]…\n");
        return 2;
    }
    for (int round = 0; round <= rounds; ++round) { // the first warms the caches
        for (Candidate &candidate : candidates)
            measure(candidate, round > 0);
    }
    const double floor = median(candidates.front().ms);
    for (const Candidate &candidate : candidates) {
        const double ms = median(candidate.ms);
        std::printf("%-16s %6.0f ms (%.0f to %.0f), %5.2f x of the first, %5.0f MB resident\n", qPrintable(candidate.name), ms,
                    *std::min_element(candidate.ms.begin(), candidate.ms.end()), *std::max_element(candidate.ms.begin(), candidate.ms.end()), ms / floor,
                    median(candidate.megabytes));
    }
    return 0;
}
