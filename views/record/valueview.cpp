// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/record/valueview.h"

#include "models/browsing/jsonitemmodel.h"
#include "models/core/async.h"
#include "models/core/result.h"
#include "models/items/celltext.h"
#include "views/record/hexview.h"
#include "models/json/jsonlayout.h"
#include "views/record/safebrowser.h"
#include "views/record/vectorview.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QImageReader>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSaveFile>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTabBar>
#include <QThreadPool>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>
#include <QtConcurrent>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype shownCharacters = 1'000'000;
// A text widget lays out a line as a whole; longer ones are broken for the display.
constexpr qsizetype longestLine = 5'000;
// Markdown is laid out in one go in the GUI thread.
constexpr qsizetype markdownBytes = 12'000;
constexpr int imageMegabytes = 128;
constexpr int imageSide = 8'000;

/// PostgreSQL writes bytea as \x and hex.
QByteArray bytesOf(const Value &value, const QString &typeName)
{
    return typeName == u"bytea" && value.bytes().startsWith("\\x") ? QByteArray::fromHex(value.bytes().mid(2)) : value.bytes();
}

QString brokenLines(QString text)
{
    qsizetype lineStart = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == u'\n') {
            lineStart = i + 1;
        } else if (i - lineStart >= longestLine) {
            text.insert(i, u'\n');
            lineStart = i + 1;
        }
    }
    return text;
}

QImage imageOf(QByteArray bytes)
{
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    QImageReader reader(&buffer);
    static const QList<QByteArray> formats = {"png", "jpeg", "gif", "bmp", "webp", "ppm", "ico"}; // none that can refer to something else
    if (!formats.contains(reader.format()))
        return {};
    QImageReader::setAllocationLimit(imageMegabytes);
    const QSize size = reader.size();
    if (size.width() > imageSide || size.height() > imageSide)
        return {};
    return reader.read();
}

} // namespace

/// What a worker found out about a value.
struct ValueReading
{
    QString about;
    QStringList pages; ///< the most telling one first
    QString text;
    bool isCode = false;
    QString markdown;
    std::shared_ptr<const JsonIndex> json;
    QImage image;
    std::vector<float> vector;
    QByteArray bytes;
};

namespace {

QString words(const char *text)
{
    return ValueView::tr(text);
}

void readBytes(ValueReading &reading, const Value &value, const QString &typeName, const QString &meaning)
{
    reading.bytes = bytesOf(value, typeName);
    reading.image = imageOf(reading.bytes);
    if (!reading.image.isNull()) {
        reading.pages.append(u"image"_s);
        reading.about = words("Image, %1 × %2").arg(reading.image.width()).arg(reading.image.height()) + u" · "_s + sizeText(reading.bytes.size());
    } else if (auto vector = vectorOf(reading.bytes, true); vector && meaning == u"vector") {
        reading.vector = std::move(*vector);
        reading.pages.append(u"vector"_s);
    }
    reading.pages.append(u"hex"_s);
}

ValueReading read(const Value &value, const QString &typeName, const QString &meaning, const std::stop_token &stop)
{
    ValueReading reading;
    if (stop.stop_requested())
        return reading; // somebody walked on
    const CellText cell = CellText::of(value.ref(), typeName);
    switch (cell.kind) {
    case CellKind::Null: reading.about = words("NULL: no value"); return reading;
    case CellKind::Empty: reading.about = words("Empty text"); return reading;
    case CellKind::Bytes:
    case CellKind::Undecodable:
        reading.about = cell.kind == CellKind::Bytes ? words("%1 of bytes").arg(sizeText(storedBytes(value.bytes().size(), typeName)))
                                                     : words("%1 that are no UTF-8 text").arg(sizeText(value.bytes().size()));
        readBytes(reading, value, typeName, meaning);
        return reading;
    case CellKind::Number:
    case CellKind::Boolean:
        reading.text = value.toDisplayText();
        reading.pages.append(u"text"_s);
        return reading;
    case CellKind::Text:
    case CellKind::Code: break;
    }
    const QByteArray &bytes = value.bytes();
    const QString size = bytes.size() >= 200 ? u" · "_s + sizeText(bytes.size()) : QString();
    reading.about = size.isEmpty() ? QString() : words("Text") + size;
    if (meaning == u"vector" || typeName.startsWith(u"vector") || typeName.startsWith(u"halfvec")) {
        if (auto vector = vectorOf(bytes, false)) {
            reading.vector = std::move(*vector);
            reading.pages.append(u"vector"_s);
        }
    }
    const QByteArray start = bytes.left(64).trimmed();
    const bool looksLikeJson = start.startsWith('{') || start.startsWith('[') || (typeName.startsWith(u"json") && !start.isEmpty());
    if (looksLikeJson) {
        Result<JsonIndex> json = JsonIndex::build(bytes, stop);
        if (json) {
            reading.json = std::make_shared<JsonIndex>(std::move(*json));
            reading.pages.append(u"json"_s);
            reading.about = u"JSON"_s + size;
        } else if (json.error().code != ErrorCode::Cancelled && (meaning == u"json" || typeName.startsWith(u"json") || start.startsWith("{\""))) {
            reading.about = json.error().message + size;
        }
    }
    if (meaning == u"markdown") {
        const bool isWhole = bytes.size() <= markdownBytes;
        reading.markdown = decodedText(bytes.left(markdownBytes), isWhole);
        if (!isWhole) {
            reading.markdown.truncate(std::max<qsizetype>(reading.markdown.lastIndexOf(u'\n'), 0));
            reading.markdown += u"\n\n"_s + words("*The rest stands under Text.*");
            reading.pages.append(u"text"_s);
        }
        reading.pages.append(u"markdown"_s);
        reading.about = words("Markdown") + size;
    }
    const QByteArray laidOut = reading.json == nullptr || bytes.size() > shownCharacters ? QByteArray() : laidOutJson(bytes);
    reading.isCode = reading.json != nullptr || cell.kind == CellKind::Code || meaning.startsWith(u"code");
    reading.text = decodedText(laidOut.isNull() ? bytes : laidOut);
    if (reading.text.size() > shownCharacters) {
        reading.text.truncate(shownCharacters);
        reading.about += words(" · the first million characters");
    }
    reading.text = brokenLines(std::move(reading.text));
    if (!reading.pages.contains(u"text"_s))
        reading.pages.append(u"text"_s);
    reading.bytes = bytes;
    reading.pages.append(u"hex"_s);
    return reading;
}

QString titleOf(const QString &page)
{
    return page == u"text" ? words("Text") : page == u"json" ? u"JSON"_s : page == u"markdown" ? words("Markdown") : page == u"image" ? words("Image")
        : page == u"vector" ? words("Vector") : words("Bytes");
}

} // namespace

ValueView::ValueView(QThreadPool &workers, QWidget *parent)
    : QWidget(parent), m_workers(workers), m_about(new QLabel(this)), m_tabs(new QTabBar(this)), m_copy(new QToolButton(this)), m_save(new QToolButton(this)),
      m_pages(new QStackedWidget(this)), m_text(new QPlainTextEdit(this)), m_markdown(new SafeBrowser(this)), m_json(new QTreeView(this)),
      m_jsonModel(new JsonItemModel(this)), m_image(new QLabel(this)), m_vector(new VectorView(this)), m_hex(new HexView(this))
{
    setObjectName(u"valueView"_s);
    m_about->setObjectName(u"valueAbout"_s);
    m_about->setFont(sizedFont(font(), metrics::captionPx));
    m_about->setForegroundRole(QPalette::PlaceholderText);
    m_about->setWordWrap(true);
    m_about->setTextFormat(Qt::PlainText);
    m_about->setContentsMargins(metrics::space3, metrics::space1, metrics::space3, metrics::space1);
    m_tabs->setObjectName(u"valuePages"_s);
    m_tabs->setAccessibleName(tr("Forms of the value"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setFont(sizedFont(font(), metrics::captionPx));
    m_copy->setObjectName(u"valueCopy"_s);
    m_copy->setText(tr("Copy"));
    m_copy->setAccessibleName(tr("Copy the value"));
    m_save->setObjectName(u"valueSave"_s);
    m_save->setText(tr("Save…"));
    m_save->setAccessibleName(tr("Save the value to a file"));
    for (QToolButton *button : {m_copy, m_save}) {
        button->setAutoRaise(true);
        button->setFont(sizedFont(font(), metrics::captionPx));
    }
    m_text->setObjectName(u"valueText"_s);
    m_text->setAccessibleName(tr("Value of the chosen field"));
    m_text->setReadOnly(true);
    m_text->document()->setDocumentMargin(metrics::space3);
    m_markdown->setObjectName(u"valueMarkdown"_s);
    m_markdown->setAccessibleName(tr("Value of the chosen field as Markdown"));
    m_markdown->document()->setDocumentMargin(metrics::space3);
    m_json->setObjectName(u"valueJson"_s);
    m_json->setAccessibleName(tr("Value of the chosen field as a tree"));
    m_json->setModel(m_jsonModel);
    m_json->setUniformRowHeights(true);
    m_json->setFont(fixedFont(metrics::bodyPx - 1));
    m_json->header()->setStretchLastSection(true);
    m_json->header()->hide();
    m_image->setObjectName(u"valueImage"_s);
    m_image->setAccessibleName(tr("Value of the chosen field as an image"));
    m_image->setAlignment(Qt::AlignCenter);
    m_vector->setObjectName(u"valueVector"_s);
    m_vector->setAccessibleName(tr("Value of the chosen field as a vector"));
    m_hex->setObjectName(u"valueHex"_s);
    m_hex->setAccessibleName(tr("Bytes of the chosen field"));
    auto *imageArea = new QScrollArea(this);
    imageArea->setObjectName(u"imageArea"_s);
    imageArea->setWidget(m_image);
    imageArea->setWidgetResizable(true);
    imageArea->setFrameShape(QFrame::NoFrame);
    auto *empty = new QWidget(this);
    for (const auto &[page, widget] : {std::pair<QString, QWidget *>(u"none"_s, empty), std::pair<QString, QWidget *>(u"text"_s, m_text),
                                       std::pair<QString, QWidget *>(u"markdown"_s, m_markdown), std::pair<QString, QWidget *>(u"json"_s, m_json),
                                       std::pair<QString, QWidget *>(u"image"_s, imageArea), std::pair<QString, QWidget *>(u"vector"_s, m_vector),
                                       std::pair<QString, QWidget *>(u"hex"_s, m_hex)}) {
        widget->setProperty("page", page);
        m_pages->addWidget(widget);
    }
    auto *head = new QHBoxLayout;
    head->setContentsMargins(metrics::space2, 0, metrics::space2, 0);
    head->addWidget(m_tabs);
    head->addStretch(1);
    head->addWidget(m_copy);
    head->addWidget(m_save);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_about);
    layout->addWidget(m_pages, 1);
    connect(m_tabs, &QTabBar::tabBarClicked, this, [this](int tab) { m_chosenPage = m_tabs->tabData(tab).toString(); });
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        if (tab >= 0)
            showPage(m_tabs->tabData(tab).toString());
    });
    connect(m_copy, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(copiedText(m_value.ref())); });
    connect(m_save, &QToolButton::clicked, this, &ValueView::save);
    clear({});
}

void ValueView::clear(const QString &sentence)
{
    ++m_generation;
    m_stop.request_stop();
    m_value = {};
    showReading({sentence, {}, {}, false, {}, nullptr, {}, {}, {}});
}

void ValueView::showProgress(const QString &text)
{
    clear(text); // nothing of the value before may be copied or saved meanwhile
}

void ValueView::show(const Value &value, const QString &typeName, const QString &meaning, const QString &name)
{
    const quint64 generation = ++m_generation;
    m_stop.request_stop();
    m_stop = {};
    m_value = value;
    m_typeName = typeName;
    m_name = name;
    onResult(QtConcurrent::run(&m_workers, [value, typeName, meaning, stop = m_stop.get_token()] { return read(value, typeName, meaning, stop); }), this,
             [this, generation](const ValueReading &reading) {
                 if (generation == m_generation)
                     showReading(reading);
             });
}

void ValueView::showReading(const ValueReading &reading)
{
    m_text->setFont(reading.isCode ? fixedFont() : sizedFont(font(), metrics::readingPx));
    m_text->setPlainText(reading.text);
    m_markdown->setFont(sizedFont(font(), metrics::readingPx));
    if (reading.markdown.isEmpty())
        m_markdown->clear();
    else
        m_markdown->document()->setMarkdown(reading.markdown, QTextDocument::MarkdownFeatures(QTextDocument::MarkdownNoHTML) | QTextDocument::MarkdownDialectGitHub);
    m_jsonModel->setDocument(reading.json);
    if (reading.json != nullptr) {
        constexpr int openedRows = 12;
        for (int row = 0; row < std::min(m_jsonModel->rowCount(), openedRows); ++row)
            m_json->setExpanded(m_jsonModel->index(row, 0), m_jsonModel->rowCount() <= openedRows);
        m_json->resizeColumnToContents(0);
        m_json->setColumnWidth(0, std::min(m_json->columnWidth(0), width() / 2));
    }
    m_image->setPixmap(reading.image.isNull() ? QPixmap() : QPixmap::fromImage(reading.image));
    m_vector->setVector(reading.vector);
    m_hex->setBytes(reading.bytes);
    m_about->setText(reading.vector.empty() ? reading.about : m_vector->summary());
    m_about->setVisible(!m_about->text().isEmpty());

    const QSignalBlocker quiet(m_tabs);
    while (m_tabs->count() > 0)
        m_tabs->removeTab(0);
    for (const QString &page : reading.pages)
        m_tabs->setTabData(m_tabs->addTab(titleOf(page)), page);
    const qsizetype chosen = reading.pages.indexOf(m_chosenPage);
    const bool hasValue = !reading.pages.isEmpty();
    m_tabs->setVisible(reading.pages.size() > 1);
    m_copy->setVisible(hasValue);
    m_save->setVisible(hasValue);
    if (hasValue)
        m_tabs->setCurrentIndex(static_cast<int>(std::max<qsizetype>(chosen, 0)));
    showPage(hasValue ? reading.pages[std::max<qsizetype>(chosen, 0)] : u"none"_s);
}

void ValueView::showPage(const QString &page)
{
    for (int i = 0; i < m_pages->count(); ++i) {
        if (m_pages->widget(i)->property("page").toString() == page)
            m_pages->setCurrentIndex(i);
    }
}

void ValueView::save()
{
    auto *dialog = new QFileDialog(this, tr("Save the value"), m_name);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    // The value of now, whatever is chosen while the dialog is open.
    const bool isFigure = m_value.type() == ValueType::Integer || m_value.type() == ValueType::Real;
    const QByteArray wanted = isFigure ? m_value.toDisplayText().toUtf8() : bytesOf(m_value, m_typeName);
    connect(dialog, &QFileDialog::fileSelected, this, [this, wanted](const QString &path) {
        const auto write = [path, bytes = wanted]() -> Result<> {
            QSaveFile file(path);
            if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
                return failure(ErrorCode::Io, tr("%1 could not be written: %2").arg(path, file.errorString()));
            return {};
        };
        onResult(QtConcurrent::run(&m_workers, write), this,
                 [this, path](const Result<> &written) {
                     m_about->setText(written ? tr("Saved as %1").arg(path) : written.error().message);
                     m_about->show();
                 });
    });
    dialog->open();
}

} // namespace turnstone
