// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/record/valueview.h"

#include "models/browsing/jsonitemmodel.h"
#include "models/core/async.h"
#include "models/core/result.h"
#include "models/items/celltext.h"
#include "models/json/jsonlayout.h"
#include "views/record/findbar.h"
#include "views/record/hexview.h"
#include "views/record/safebrowser.h"
#include "views/record/valuereading.h"
#include "views/record/vectorview.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSaveFile>
#include <QScrollArea>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTabBar>
#include <QThreadPool>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>
#include <QtConcurrent>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostMatches = 10'000;
constexpr int jsonRow = 20;

/// Keys step back behind values; what is no text has its own tone.
class JsonDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        return {QStyledItemDelegate::sizeHint(option, index).width() + metrics::space2, scaled(jsonRow)};
    }

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        const Tokens &tokens = Tokens::of(option->palette);
        const auto kind = static_cast<JsonKind>(index.data(JsonItemModel::KindRole).toInt());
        const bool isQuiet = index.column() == 0 || kind == JsonKind::Object || kind == JsonKind::Array || kind == JsonKind::Null;
        const QColor ink = isQuiet ? tokens.muted : kind == JsonKind::String ? tokens.text : tokens.accent;
        option->palette.setColor(QPalette::Text, ink);
        option->palette.setColor(QPalette::HighlightedText, isQuiet ? tokens.text : ink);
    }
};

QString titleOf(const QString &page)
{
    return page == u"text" ? ValueView::tr("Text") : page == u"json" ? u"JSON"_s : page == u"markdown" ? ValueView::tr("Markdown") : page == u"image" ? ValueView::tr("Image")
        : page == u"vector" ? ValueView::tr("Vector") : ValueView::tr("Bytes");
}

} // namespace

ValueView::ValueView(QThreadPool &workers, QWidget *parent)
    : QWidget(parent), m_workers(workers), m_about(new QLabel(this)), m_tabs(new QTabBar(this)), m_copy(new QToolButton(this)), m_save(new QToolButton(this)),
      m_pages(new QStackedWidget(this)), m_parts(new QWidget(this)), m_previousPart(new QToolButton(this)), m_partLabel(new QLabel(this)),
      m_nextPart(new QToolButton(this)), m_find(new FindBar(this)), m_text(new QPlainTextEdit(this)), m_json(new QTreeView(this)),
      m_jsonModel(new JsonItemModel(this))
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
    buildPages();
    buildPartBar();
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
    layout->addWidget(m_find);
    layout->addWidget(m_pages, 1);
    layout->addWidget(m_parts);
    connect(m_tabs, &QTabBar::tabBarClicked, this, [this](int tab) { m_chosenPage = m_tabs->tabData(tab).toString(); });
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        if (tab >= 0)
            showPage(m_tabs->tabData(tab).toString());
    });
    connect(m_copy, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(copiedText(m_value.ref())); });
    connect(m_save, &QToolButton::clicked, this, &ValueView::save);
    connect(m_find, &FindBar::wordsChanged, this, &ValueView::search);
    connect(m_find, &FindBar::stepped, this, &ValueView::step);
    connect(m_find, &FindBar::closed, this, &ValueView::closeFind);
    clear({});
}

void ValueView::buildPages()
{
    m_text->setObjectName(u"valueText"_s);
    m_text->setAccessibleName(tr("Value of the chosen field"));
    m_text->setReadOnly(true);
    m_text->document()->setDocumentMargin(metrics::space3);
    m_json->setObjectName(u"valueJson"_s);
    m_json->setAccessibleName(tr("Value of the chosen field as a tree"));
    m_json->setModel(m_jsonModel);
    m_json->setUniformRowHeights(true);
    m_json->setItemDelegate(new JsonDelegate(m_json));
    m_json->setFont(fixedFont(metrics::bodyPx - 1));
    m_json->header()->setStretchLastSection(true);
    m_json->header()->hide();
    addPage(u"none"_s, *new QWidget(this));
    addPage(u"text"_s, *m_text);
    addPage(u"json"_s, *m_json);
    for (QWidget *each : {static_cast<QWidget *>(m_text), static_cast<QWidget *>(m_json)})
        each->installEventFilter(this);
}

void ValueView::addPage(const QString &page, QWidget &widget)
{
    widget.setProperty("page", page);
    m_pages->addWidget(&widget);
}

// The rarer pages are made when the first value needs them.

void ValueView::showMarkdown(const ValueReading &reading)
{
    if (m_markdown == nullptr && !reading.pages.contains(u"markdown"_s))
        return;
    if (m_markdown == nullptr) {
        m_markdown = new SafeBrowser(this);
        m_markdown->setObjectName(u"valueMarkdown"_s);
        m_markdown->setAccessibleName(tr("Value of the chosen field as Markdown"));
        m_markdown->document()->setDocumentMargin(metrics::space3);
        m_markdown->installEventFilter(this);
        addPage(u"markdown"_s, *m_markdown);
    }
    m_markdown->setFont(sizedFont(font(), metrics::readingPx));
    if (reading.markdown.isEmpty())
        m_markdown->clear();
    else
        m_markdown->document()->setMarkdown(reading.markdown, QTextDocument::MarkdownFeatures(QTextDocument::MarkdownNoHTML) | QTextDocument::MarkdownDialectGitHub);
    m_markdown->moveCursor(QTextCursor::Start); // which setMarkdown() leaves at the end, where the next change of size would scroll
}

void ValueView::showImage(const ValueReading &reading)
{
    if (m_image == nullptr && !reading.pages.contains(u"image"_s))
        return;
    if (m_image == nullptr) {
        m_image = new QLabel;
        m_image->setObjectName(u"valueImage"_s);
        m_image->setAccessibleName(tr("Value of the chosen field as an image"));
        m_image->setAlignment(Qt::AlignCenter);
        auto *area = new QScrollArea(this);
        area->setObjectName(u"imageArea"_s);
        area->setWidget(m_image);
        area->setWidgetResizable(true);
        area->setFrameShape(QFrame::NoFrame);
        addPage(u"image"_s, *area);
    }
    m_image->setPixmap(reading.image.isNull() ? QPixmap() : QPixmap::fromImage(reading.image));
}

void ValueView::showVector(const ValueReading &reading)
{
    if (m_vector == nullptr && !reading.pages.contains(u"vector"_s))
        return;
    if (m_vector == nullptr) {
        m_vector = new VectorView(this);
        m_vector->setObjectName(u"valueVector"_s);
        m_vector->setAccessibleName(tr("Value of the chosen field as a vector"));
        addPage(u"vector"_s, *m_vector);
    }
    m_vector->setVector(reading.vector);
}

void ValueView::showBytes(const ValueReading &reading)
{
    if (m_hex == nullptr && !reading.pages.contains(u"hex"_s))
        return;
    if (m_hex == nullptr) {
        m_hex = new HexView(this);
        m_hex->setObjectName(u"valueHex"_s);
        m_hex->setAccessibleName(tr("Bytes of the chosen field"));
        addPage(u"hex"_s, *m_hex);
    }
    m_hex->setBytes(reading.bytes);
}

void ValueView::buildPartBar()
{
    m_parts->setObjectName(u"valueParts"_s);
    m_partLabel->setObjectName(u"valuePart"_s);
    m_partLabel->setFont(sizedFont(font(), metrics::captionPx));
    m_partLabel->setForegroundRole(QPalette::PlaceholderText);
    m_previousPart->setObjectName(u"previousPart"_s);
    m_previousPart->setText(tr("Before"));
    m_previousPart->setAccessibleName(tr("Part of the text before this one"));
    m_nextPart->setObjectName(u"nextPart"_s);
    m_nextPart->setText(tr("Go on"));
    m_nextPart->setAccessibleName(tr("Next part of the text"));
    auto *layout = new QHBoxLayout(m_parts);
    layout->setContentsMargins(metrics::space3, metrics::space1, metrics::space2, metrics::space1);
    layout->addWidget(m_partLabel, 1);
    for (QToolButton *button : {m_previousPart, m_nextPart}) {
        button->setFont(sizedFont(font(), metrics::captionPx));
        layout->addWidget(button);
    }
    connect(m_previousPart, &QToolButton::clicked, this, [this] { showPart(m_part - 1); });
    connect(m_nextPart, &QToolButton::clicked, this, [this] { showPart(m_part + 1); });
}

void ValueView::clear(const QString &sentence)
{
    ++m_generation;
    m_stop.request_stop();
    m_value = {};
    ValueReading nothing;
    nothing.about = sentence;
    showReading(nothing);
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
    onResult(QtConcurrent::run(&m_workers, [value, typeName, meaning, stop = m_stop.get_token()] { return readValueForm(value, typeName, meaning, stop); }), this,
             [this, generation](const ValueReading &reading) {
                 if (generation == m_generation)
                     showReading(reading);
             });
}

void ValueView::showReading(const ValueReading &reading)
{
    m_text->setFont(reading.isCode ? fixedFont() : sizedFont(font(), metrics::readingPx));
    m_text->setPlainText(reading.firstPart);
    m_longText = std::make_shared<const LongText>(reading.text);
    m_document = reading.json;
    m_part = 0;
    showMarkdown(reading);
    m_jsonModel->setDocument(reading.json);
    if (reading.json != nullptr) {
        constexpr int openedRows = 12;
        for (int row = 0; row < std::min(m_jsonModel->rowCount(), openedRows); ++row)
            m_json->setExpanded(m_jsonModel->index(row, 0), m_jsonModel->rowCount() <= openedRows);
        m_json->resizeColumnToContents(0);
        m_json->setColumnWidth(0, std::min(m_json->columnWidth(0), width() / 2));
    }
    showImage(reading);
    showVector(reading);
    showBytes(reading);
    m_about->setText(reading.vector.empty() || m_vector == nullptr ? reading.about : m_vector->summary());
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

QString ValueView::page() const
{
    return m_pages->currentWidget()->property("page").toString();
}

void ValueView::showPage(const QString &page)
{
    for (int i = 0; i < m_pages->count(); ++i) {
        if (m_pages->widget(i)->property("page").toString() == page)
            m_pages->setCurrentIndex(i);
    }
    m_parts->setVisible(page == u"text" && m_longText->parts() > 1);
    m_previousPart->setEnabled(m_part > 0);
    m_nextPart->setEnabled(m_part + 1 < m_longText->parts());
    m_partLabel->setText(tr("Part %1 of %2 · %3 in all").arg(m_part + 1).arg(m_longText->parts()).arg(sizeText(m_longText->bytes())));
    search();
}

void ValueView::showPart(int part, const std::function<void()> &then)
{
    if (part < 0 || part >= m_longText->parts())
        return;
    onResult(QtConcurrent::run(&m_workers, [text = m_longText, part] { return text->part(part); }), this, [this, part, then, generation = m_generation](const QString &text) {
        if (generation != m_generation)
            return;
        m_part = part;
        m_text->setPlainText(text);
        m_previousPart->setEnabled(m_part > 0);
        m_nextPart->setEnabled(m_part + 1 < m_longText->parts());
        m_partLabel->setText(tr("Part %1 of %2 · %3 in all").arg(m_part + 1).arg(m_longText->parts()).arg(sizeText(m_longText->bytes())));
        if (then)
            then();
    });
}

void ValueView::find()
{
    if (page() == u"markdown") {
        for (int i = 0; i < m_tabs->count(); ++i) {
            if (m_tabs->tabData(i).toString() == u"text")
                m_tabs->setCurrentIndex(i); // words are found in what is written, not in how it looks
        }
    }
    if (page() == u"text" || page() == u"json")
        m_find->open();
}

void ValueView::closeFind()
{
    m_find->hide();
    search();
    m_pages->currentWidget()->setFocus(Qt::OtherFocusReason);
}

void ValueView::search()
{
    m_stopFinding.request_stop();
    m_stopFinding = {};
    m_matches.clear();
    m_places.clear();
    m_match = -1;
    m_text->setExtraSelections({});
    const QString words = m_find->words();
    const quint64 search = ++m_search;
    const bool isTree = page() == u"json";
    if (words.isEmpty() || (!isTree && page() != u"text")) {
        m_find->showMatches(-1, 0, true);
        return;
    }
    m_find->showSearching();
    const auto accept = [this, search](auto &found, auto &own) {
        if (search != m_search)
            return;
        own = std::move(found);
        m_match = own.empty() ? -1 : 0;
        m_find->showMatches(m_match, static_cast<int>(own.size()), own.size() < mostMatches);
        showMatch();
    };
    if (isTree)
        onResult(QtConcurrent::run(&m_workers, [document = m_document, words, stop = m_stopFinding.get_token()] { return findInJson(*document, words, mostMatches, stop); }), this,
                 [this, accept](std::vector<JsonPlace> found) { accept(found, m_places); });
    else
        onResult(QtConcurrent::run(&m_workers, [text = m_longText, words, stop = m_stopFinding.get_token()] { return text->find(words, mostMatches, stop); }), this,
                 [this, accept](std::vector<LongText::Match> found) { accept(found, m_matches); });
}

void ValueView::step(int by)
{
    const auto count = static_cast<int>(std::max(m_matches.size(), m_places.size()));
    if (count == 0)
        return;
    m_match = (m_match + by + count) % count;
    m_find->showMatches(m_match, count, count < mostMatches);
    showMatch();
}

void ValueView::showMatch()
{
    if (m_match < 0)
        return;
    if (!m_places.empty()) {
        const QModelIndex place = m_jsonModel->indexOf(m_places[static_cast<std::size_t>(m_match)]);
        m_json->setCurrentIndex(place);
        m_json->scrollTo(place);
        return;
    }
    const LongText::Match match = m_matches[static_cast<std::size_t>(m_match)];
    if (match.part != m_part) {
        showPart(match.part, [this, search = m_search] {
            if (search == m_search)
                showMatch();
        });
        return;
    }
    // All of them in this part are tinted, the one of now is selected.
    QList<QTextEdit::ExtraSelection> tinted;
    const Tokens &tokens = Tokens::of(palette());
    constexpr qsizetype mostTinted = 1'000;
    for (const LongText::Match &each : m_matches) {
        if (each.part != m_part || tinted.size() == mostTinted)
            continue;
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(m_text->document());
        selection.cursor.setPosition(static_cast<int>(each.start));
        selection.cursor.setPosition(static_cast<int>(each.start + each.length), QTextCursor::KeepAnchor);
        selection.format.setBackground(each == match ? tokens.accent : tokens.selection);
        if (each == match)
            selection.format.setForeground(tokens.ground);
        tinted.append(selection);
    }
    m_text->setExtraSelections(tinted);
    QTextCursor cursor(m_text->document());
    cursor.setPosition(static_cast<int>(match.start));
    m_text->setTextCursor(cursor);
    m_text->ensureCursorVisible();
}

bool ValueView::eventFilter(QObject *watched, QEvent *event)
{
    // Here the window's "find" means the value.
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent *>(event)->matches(QKeySequence::Find)) {
        event->accept();
        return true;
    }
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent *>(event)->matches(QKeySequence::Find)) {
        find();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void ValueView::save()
{
    auto *dialog = new QFileDialog(this, tr("Save the value"), m_name);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    // The value of now, whatever is chosen while the dialog is open.
    const bool isFigure = m_value.type() == ValueType::Integer || m_value.type() == ValueType::Real;
    const QByteArray wanted = isFigure ? m_value.toDisplayText().toUtf8() : decodedBytes(m_value, m_typeName);
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
