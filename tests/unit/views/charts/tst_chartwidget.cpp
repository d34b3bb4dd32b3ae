// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/charts/chartwidget.h"

#include "views/charts/chartcanvas.h"
#include "views/charts/chartexport.h"
#include "views/widgets/theme.h"
#include "views/widgets/turnstonestyle.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMenu>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QXmlStreamReader>

#include <cmath>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// Drives a chart as a user does: pointer, wheel and keys.
class tst_ChartWidget : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void aClickOnAPointActivatesIt();
    void keysWalkFromPointToPoint();
    void theWheelComesCloser();
    void aMillionPointsAreDrawnAsFew();
    void nothingIsASentence();
    void picturesFollowTheTheme();
    void picturesAndDataAreSaved();
    void theWindowDoesNotWaitForTheFile();
    void dataIsCopiedWhole();
    void itSpeaksToWhoCannotSeeIt();

private:
    static ChartSpec twoLines()
    {
        ChartSpec spec;
        spec.title = u"Two, \"lines\""_s;
        spec.x = {u"Round"_s};
        spec.y = {u"Score"_s};
        spec.zones = {{0, 40, u"bad"_s, u"poor"_s}};
        spec.guides = {{50, u"even"_s}};
        spec.lines.push_back({u"one"_s, ChartLine::Shape::Line, {{1, 10, 5, 15, 11}, {2, 20, 15, 25, 12}, {3, 90, 80, 100, 13}}});
        spec.lines.push_back({u"other, too"_s, ChartLine::Shape::Dots, {{1, 50, ChartPoint::none, ChartPoint::none, 21}, {3, 50, ChartPoint::none, ChartPoint::none, 23, u"noted"_s}}});
        return spec;
    }
    /// Where a value is drawn.
    QPoint at(double x, double y) const
    {
        const ChartCanvas &canvas = *m_chart->canvas();
        const ChartRange across = canvas.shownX();
        const ChartRange up = wholeY(canvas.spec(), across);
        const QRectF area = canvas.chart()->plotArea();
        return QPointF(area.left() + (x - across.low) / across.length() * area.width(), area.bottom() - (y - up.low) / up.length() * area.height()).toPoint();
    }

    std::unique_ptr<ChartWidget> m_chart;
};

void tst_ChartWidget::initTestCase()
{
    QApplication::setStyle(new TurnstoneStyle);
    QLocale::setDefault(QLocale::c());
}

void tst_ChartWidget::init()
{
    applyTheme(*qApp, ThemeMode::Light);
    m_chart = std::make_unique<ChartWidget>();
    m_chart->resize(640, 360);
    m_chart->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_chart.get()));
    m_chart->setSpec(twoLines());
    m_chart->grab(); // lays out the axes
}

void tst_ChartWidget::aClickOnAPointActivatesIt()
{
    const QSignalSpy activated(m_chart.get(), &ChartWidget::pointActivated);
    QTest::mouseClick(m_chart->canvas()->viewport(), Qt::LeftButton, {}, at(2, 20));
    QCOMPARE(activated.size(), 1);
    QCOMPARE(activated[0][0].toLongLong(), 12);
    QTest::mouseClick(m_chart->canvas()->viewport(), Qt::LeftButton, {}, at(3, 50));
    QCOMPARE(activated.size(), 2);
    QCOMPARE(activated[1][0].toLongLong(), 23);
    QTest::mouseClick(m_chart->canvas()->viewport(), Qt::LeftButton, {}, at(2, 75)); // nothing near
    QCOMPARE(activated.size(), 2);
}

void tst_ChartWidget::keysWalkFromPointToPoint()
{
    const QSignalSpy activated(m_chart.get(), &ChartWidget::pointActivated);
    ChartCanvas *canvas = m_chart->canvas();
    QTest::keyClick(canvas, Qt::Key_Right); // to the first
    QCOMPARE(*canvas->current(), ChartCanvas::Place(0, 0));
    QTest::keyClick(canvas, Qt::Key_Right);
    QTest::keyClick(canvas, Qt::Key_Return);
    QCOMPARE(activated.size(), 1);
    QCOMPARE(activated[0][0].toLongLong(), 12);
    QTest::keyClick(canvas, Qt::Key_End);
    QCOMPARE(*canvas->current(), ChartCanvas::Place(0, 2));
    QTest::keyClick(canvas, Qt::Key_Down); // the nearest of the other line
    QCOMPARE(*canvas->current(), ChartCanvas::Place(1, 1));
    QTest::keyClick(canvas, Qt::Key_Right); // there is no further one
    QCOMPARE(*canvas->current(), ChartCanvas::Place(1, 1));
    QTest::keyClick(canvas, Qt::Key_Down); // round to the first
    QCOMPARE(canvas->current()->first, std::size_t(0));
}

void tst_ChartWidget::theWheelComesCloser()
{
    ChartCanvas *canvas = m_chart->canvas();
    const double whole = canvas->shownX().length();
    const QPoint place = at(2, 20);
    QWheelEvent wheel(place, canvas->viewport()->mapToGlobal(place), {}, QPoint(0, 240), Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(canvas->viewport(), &wheel);
    QVERIFY(canvas->shownX().length() < whole * 0.7);
    QVERIFY(canvas->shownX().low < 2 && canvas->shownX().high > 2);
    QTest::keyClick(canvas, Qt::Key_0);
    QCOMPARE(canvas->shownX().length(), whole);
    QTest::keyClick(canvas, Qt::Key_Minus); // there is no more
    QCOMPARE(canvas->shownX().length(), whole);
}

void tst_ChartWidget::aMillionPointsAreDrawnAsFew()
{
    ChartSpec spec = twoLines();
    spec.lines.resize(1);
    spec.lines[0].points.clear();
    for (int i = 0; i < 1'000'000; ++i)
        spec.lines[0].points.push_back({static_cast<double>(i), std::sin(i * 0.001) + (i % 7) * 0.1});
    m_chart->setSpec(std::move(spec));
    QVERIFY(m_chart->canvas()->drawnPoints() > 500);
    QVERIFY2(m_chart->canvas()->drawnPoints() < 6000, qPrintable(QString::number(m_chart->canvas()->drawnPoints())));
    m_chart->canvas()->showX({500, 600});
    QCOMPARE(m_chart->canvas()->drawnPoints(), std::size_t(103));
}

void tst_ChartWidget::nothingIsASentence()
{
    ChartSpec spec;
    spec.emptySentence = u"Nothing yet."_s;
    m_chart->setSpec(spec);
    QCOMPARE(m_chart->canvas()->accessibleDescription(), u"Nothing yet."_s);
    QVERIFY(!m_chart->findChild<QToolButton *>(u"chartMenu"_s)->isVisible());
    QTest::keyClick(m_chart->canvas(), Qt::Key_Right);
    QTest::mouseClick(m_chart->canvas()->viewport(), Qt::LeftButton, {}, QPoint(100, 100));
    QVERIFY(!m_chart->canvas()->current());
    m_chart->setSpec(twoLines());
    QVERIFY(m_chart->findChild<QToolButton *>(u"chartMenu"_s)->isVisible());
}

void tst_ChartWidget::picturesFollowTheTheme()
{
    const QImage light = chartImage(*m_chart->canvas(), 1);
    QCOMPARE(light.pixelColor(2, light.height() / 2), Tokens::light().ground);
    applyTheme(*qApp, ThemeMode::Dark);
    QTRY_COMPARE(chartImage(*m_chart->canvas(), 1).pixelColor(2, light.height() / 2), Tokens::dark().ground);
    // Both colours of the lines are there.
    const QImage dark = chartImage(*m_chart->canvas(), 1);
    const auto has = [&dark](const QColor &color) {
        for (int y = 0; y < dark.height(); ++y) {
            for (int x = 0; x < dark.width(); ++x) {
                if (dark.pixelColor(x, y) == color)
                    return true;
            }
        }
        return false;
    };
    QVERIFY(has(seriesColor(1, Tokens::dark())));
    QVERIFY(!has(seriesColor(1, Tokens::light())));
}

void tst_ChartWidget::picturesAndDataAreSaved()
{
    QTemporaryDir folder;
    for (const QString &ending : {u"png"_s, u"svg"_s, u"csv"_s, u"json"_s}) {
        const QString path = folder.filePath(u"chart."_s + ending);
        const Result<> saved = chartSaver(*m_chart->canvas(), path)();
        QVERIFY2(saved.has_value(), saved ? "" : qPrintable(saved.error().message));
        QVERIFY(QFileInfo(path).size() > 100);
    }
    const QImage png(folder.filePath(u"chart.png"_s));
    QCOMPARE(png.size(), m_chart->canvas()->viewport()->size() * 2);
    QSvgRenderer svg(folder.filePath(u"chart.svg"_s));
    QVERIFY(svg.isValid());
    QImage drawn(svg.defaultSize(), QImage::Format_ARGB32);
    drawn.fill(Qt::transparent);
    QPainter painter(&drawn);
    svg.render(&painter);
    painter.end();
    QVERIFY(drawn.pixelColor(at(1, 10) - QPoint(0, 0)).alpha() > 0);
    QVERIFY(!chartSaver(*m_chart->canvas(), folder.filePath(u"chart.bmp"_s))());
    const Result<> nowhere = chartSaver(*m_chart->canvas(), folder.filePath(u"no/such/folder/chart.png"_s))();
    QVERIFY(!nowhere);
    QCOMPARE(nowhere.error().code, ErrorCode::Io);
}

void tst_ChartWidget::theWindowDoesNotWaitForTheFile()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"chart.png"_s);
    m_chart->askAndSave(u"png"_s);
    auto *dialog = m_chart->window()->findChild<QFileDialog *>(u"saveChart"_s);
    QVERIFY(dialog);
    QSignalSpy noted(m_chart.get(), &ChartWidget::noted);
    QSignalSpy failed(m_chart.get(), &ChartWidget::failed);
    emit dialog->fileSelected(path);
    QCOMPARE(noted.size(), 0);
    QVERIFY(noted.wait());
    QVERIFY(!QImage(path).isNull());
    emit dialog->fileSelected(folder.filePath(u"no/such/folder/chart.svg"_s));
    QCOMPARE(failed.size(), 0);
    QVERIFY(failed.wait());
    QCOMPARE(noted.size(), 1);
    dialog->close();
}

void tst_ChartWidget::dataIsCopiedWhole()
{
    m_chart->copyData(u"csv"_s);
    const QStringList lines = QApplication::clipboard()->text().split(u'\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 6);
    QCOMPARE(lines[0], u"line,Round,Score,low,high,note"_s);
    QCOMPARE(lines[1], u"one,1,10,5,15,"_s);
    QCOMPARE(lines[5], u"\"other, too\",3,50,,,noted"_s);
    m_chart->copyData(u"json"_s);
    const QJsonArray json = QJsonDocument::fromJson(QApplication::clipboard()->text().toUtf8()).array();
    QCOMPARE(json.size(), 5);
    QVERIFY(json[3][u"low"_s].isNull());
    m_chart->copyPicture();
    QVERIFY(!QApplication::clipboard()->image().isNull());
}

void tst_ChartWidget::itSpeaksToWhoCannotSeeIt()
{
    QCOMPARE(m_chart->canvas()->accessibleName(), u"Two, \"lines\""_s);
    QVERIFY(m_chart->canvas()->accessibleDescription().contains(u"5 points"_s));
    QTest::keyClick(m_chart->canvas(), Qt::Key_Right);
    QVERIFY2(m_chart->canvas()->accessibleDescription().contains(u"Score: 10"_s), qPrintable(m_chart->canvas()->accessibleDescription()));
    QVERIFY(!m_chart->findChild<QToolButton *>(u"chartMenu"_s)->accessibleName().isEmpty());
}

QTEST_MAIN(tst_ChartWidget)
#include "tst_chartwidget.moc"
