// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/find/findpanel.h"

#include "models/core/async.h"
#include "models/lenses/recordtitles.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QElapsedTimer>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <QProgressBar>
#include <QStyledItemDelegate>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <memory>
#include <mutex>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

enum Column { Place, Field, Part, ColumnCount };
constexpr int hitRole = Qt::UserRole + 1;   // FindHit
constexpr int startRole = Qt::UserRole + 2; // of the match in the text
constexpr int lengthRole = Qt::UserRole + 3;
constexpr int typingMs = 220;
constexpr int mostInTable = 500;
constexpr int mostHits = 5000;
constexpr int placeWidth = 220;
constexpr int fieldWidth = 130;
constexpr std::size_t titlesAtOnce = 100;

/// Paints an excerpt with the match on a tinted ground, and moves it into view where the line is too short.
class ExcerptDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const QVariant start = index.data(startRole);
        if (!start.isValid())
            return QStyledItemDelegate::paint(painter, option, index);
        QStyleOptionViewItem plain = option;
        initStyleOption(&plain, index);
        QString text = std::exchange(plain.text, QString());
        const QStyle *style = option.widget ? option.widget->style() : QApplication::style();
        style->drawControl(QStyle::CE_ItemViewItem, &plain, painter, option.widget);
        const Tokens &tokens = Tokens::of(option.palette);
        const QFontMetrics measure(plain.font);
        const QRect box = option.rect.adjusted(metrics::space2, 0, -metrics::space2, 0);
        int from = start.toInt();
        const int length = index.data(lengthRole).toInt();
        const int matchWidth = measure.horizontalAdvance(text.mid(from, length));
        // The match is always seen: what stands before it gives way.
        while (from > 1 && measure.horizontalAdvance(text.left(from)) + matchWidth > box.width() * 2 / 3) {
            const int cut = std::min(from - 1, 8);
            text = u"…"_s + text.mid(cut + 1);
            from -= cut;
        }
        painter->save();
        painter->setFont(plain.font);
        const int before = measure.horizontalAdvance(text.left(from));
        const QRect mark(box.left() + before, box.top() + 3, matchWidth, box.height() - 6);
        if (length > 0) {
            QColor ground = tokens.warn;
            ground.setAlpha(60);
            painter->setPen(Qt::NoPen);
            painter->setBrush(ground);
            painter->setRenderHint(QPainter::Antialiasing);
            painter->drawRoundedRect(mark.intersected(box), 3, 3);
        }
        painter->setPen(tokens.text);
        painter->drawText(box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, measure.elidedText(text, Qt::ElideRight, box.width()));
        painter->restore();
    }
};

} // namespace

FindPanel::FindPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent)
    : Panel(std::move(context), parent), m_services(services), m_message(new MessageBar(this)), m_text(new QLineEdit(this)), m_pattern(new QCheckBox(tr("Pattern"), this)),
      m_case(new QCheckBox(tr("Capitals matter"), this)), m_parts(new QCheckBox(tr("Inside of words"), this)), m_stopButton(new QToolButton(this)), m_progress(new QProgressBar(this)),
      m_state(new QLabel(this)), m_empty(new QLabel(this)), m_hits(new QTreeWidget(this))
{
    setObjectName(u"findPanel"_s);
    build();
    m_typing.setSingleShot(true);
    m_typing.setInterval(typingMs);
    connect(&m_typing, &QTimer::timeout, this, &FindPanel::start);
    connect(m_text, &QLineEdit::textEdited, &m_typing, qOverload<>(&QTimer::start));
    connect(m_text, &QLineEdit::returnPressed, this, &FindPanel::start);
    for (QCheckBox *box : {m_pattern, m_case, m_parts})
        connect(box, &QCheckBox::toggled, this, &FindPanel::start);
    connect(m_stopButton, &QToolButton::clicked, this, &FindPanel::stop);
    connect(m_hits, &QTreeWidget::itemActivated, this, &FindPanel::open);
    connect(m_hits, &QTreeWidget::itemClicked, this, &FindPanel::open);
    m_hits->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_hits, &QWidget::customContextMenuRequested, this, &FindPanel::showMenu);
    setFocusProxy(m_text);
    m_text->setText(arguments.value(u"text"_s).toString());
    if (m_text->text().isEmpty())
        QMetaObject::invokeMethod(this, [this] { emit settled(); }, Qt::QueuedConnection);
    else
        QMetaObject::invokeMethod(this, &FindPanel::start, Qt::QueuedConnection);
}

FindPanel::~FindPanel()
{
    m_stop.request_stop();
}

void FindPanel::build()
{
    m_text->setObjectName(u"findText"_s);
    m_text->setAccessibleName(tr("What to find"));
    m_text->setPlaceholderText(tr("Find words anywhere in this database"));
    m_text->setClearButtonEnabled(true);
    m_pattern->setObjectName(u"findPattern"_s);
    m_pattern->setToolTip(tr("A regular expression instead of words"));
    m_case->setObjectName(u"findCase"_s);
    m_parts->setObjectName(u"findParts"_s);
    m_parts->setToolTip(tr("Read every row even where a full-text index answers for whole words"));
    m_parts->setVisible(!textIndexes(*context().catalog).empty());
    m_stopButton->setObjectName(u"stopFind"_s);
    m_stopButton->setText(tr("Stop"));
    m_stopButton->setAccessibleName(tr("Stop the search"));
    m_progress->setObjectName(u"findProgress"_s);
    m_progress->setAccessibleName(tr("Progress of the search"));
    m_progress->setMaximumSize(140, metrics::space3);
    m_progress->setTextVisible(false);
    m_state->setObjectName(u"findState"_s);
    m_state->setForegroundRole(QPalette::PlaceholderText);
    m_empty->setObjectName(u"emptySentence"_s);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_empty->setText(tr("Words are looked for in every text and JSON document of this database.\nSeveral words must all occur; \"in quotes\" they belong together."));
    m_hits->setObjectName(u"hits"_s);
    m_hits->setAccessibleName(tr("Hits"));
    m_hits->setColumnCount(ColumnCount);
    m_hits->setHeaderHidden(true);
    m_hits->setUniformRowHeights(true);
    m_hits->setFrameShape(QFrame::NoFrame);
    m_hits->setItemDelegateForColumn(Part, new ExcerptDelegate(m_hits));
    m_hits->header()->setStretchLastSection(true);
    m_hits->setColumnWidth(Place, scaled(placeWidth));
    m_hits->setColumnWidth(Field, scaled(fieldWidth));
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(metrics::space3, metrics::space2, metrics::space3, metrics::space2);
    bar->setSpacing(metrics::space3);
    bar->addWidget(m_text, 1);
    bar->addWidget(m_pattern);
    bar->addWidget(m_case);
    bar->addWidget(m_parts);
    auto *foot = new QHBoxLayout;
    foot->setSpacing(metrics::space2);
    foot->setContentsMargins(metrics::space3, metrics::space1, metrics::space3, metrics::space1);
    foot->addWidget(m_state, 1);
    foot->addWidget(m_progress);
    foot->addWidget(m_stopButton);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_message);
    layout->addLayout(bar);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_hits, 1);
    layout->addLayout(foot);
    m_hits->hide();
    m_progress->hide();
    m_stopButton->hide();
}

QString FindPanel::title() const
{
    return m_text->text().isEmpty() ? tr("Find") : tr("Find · %1").arg(m_text->text().left(20));
}

QVariantMap FindPanel::saveState() const
{
    return {{u"text"_s, m_text->text()}, {u"pattern"_s, m_pattern->isChecked()}, {u"case"_s, m_case->isChecked()}};
}

void FindPanel::restoreState(const QVariantMap &state)
{
    m_pattern->setChecked(state.value(u"pattern"_s).toBool());
    m_case->setChecked(state.value(u"case"_s).toBool());
    m_text->setText(state.value(u"text"_s).toString());
    if (!m_text->text().isEmpty())
        start();
}

void FindPanel::find()
{
    m_text->setFocus();
    m_text->selectAll();
}

void FindPanel::reload()
{
    start();
}

void FindPanel::stop()
{
    m_stop.request_stop();
}

void FindPanel::start()
{
    m_typing.stop();
    m_stop.request_stop();
    m_stop = {};
    ++m_generation;
    m_hits->clear();
    m_tables.clear();
    m_untitled.clear();
    m_isReadingTitles = false;
    m_count = 0;
    m_message->clear();
    emit titleChanged();
    FindQuery query;
    query.words = {m_text->text(), m_pattern->isChecked(), m_case->isChecked()};
    query.usesIndexes = !m_parts->isChecked();
    query.mostInTable = mostInTable;
    query.most = mostHits;
    if (m_text->text().trimmed().isEmpty()) {
        m_state->clear();
        m_hits->hide();
        m_empty->show();
        emit settled();
        return;
    }
    m_isRunning = true;
    m_progress->setRange(0, 0);
    m_progress->show();
    m_stopButton->show();
    m_state->setText(tr("Looking…"));
    FindObserver observer;
    // From the sessions' threads, while the panel lives: a stop comes before its end, and what is posted to a panel that is gone
    // is dropped with it.
    struct Reach
    {
        std::mutex mutex;
        FindPanel *panel;
    };
    const auto reach = std::make_shared<Reach>();
    reach->panel = this;
    connect(this, &QObject::destroyed, [reach] {
        const std::lock_guard lock(reach->mutex);
        reach->panel = nullptr;
    });
    const auto post = [reach, generation = m_generation](auto work) {
        const std::lock_guard lock(reach->mutex);
        if (reach->panel == nullptr)
            return;
        QMetaObject::invokeMethod(
            reach->panel,
            [panel = reach->panel, generation, work = std::move(work)] {
                if (panel->m_generation == generation)
                    work(*panel);
            },
            Qt::QueuedConnection);
    };
    observer.found = [post](std::vector<FindHit> hits) { post([hits = std::move(hits)](FindPanel &panel) { panel.add(hits); }); };
    observer.progressed = [post](int done, int total) {
        post([done, total](FindPanel &panel) {
            panel.m_progress->setRange(0, total);
            panel.m_progress->setValue(done);
        });
    };
    onResult(startFind(*context().pool, context().catalog, context().profile, query, observer, m_stop.get_token()), this, [this, generation = m_generation](const Result<FindSummary> &summary) {
        if (generation == m_generation)
            finish(summary);
    });
}

QString FindPanel::tableTitle(const QString &table) const
{
    const TableProfile *known = context().profile->table(table);
    return known != nullptr && !known->title.isEmpty() ? known->title : table;
}

void FindPanel::add(const std::vector<FindHit> &hits)
{
    const bool isFirst = m_count == 0;
    m_empty->hide();
    m_hits->show();
    for (const FindHit &hit : hits) {
        const QString key = hit.schema + u'.' + hit.table;
        QTreeWidgetItem *&group = m_tables[key];
        if (group == nullptr) {
            group = new QTreeWidgetItem(m_hits);
            group->setFirstColumnSpanned(true);
            group->setSizeHint(Place, QSize(0, rowHeight()));
            group->setExpanded(true);
            QFont bold = m_hits->font();
            bold.setWeight(QFont::DemiBold);
            group->setFont(Place, bold);
        }
        QStringList parts;
        for (const Value &value : hit.key)
            parts.append(value.toDisplayText());
        auto *item = new QTreeWidgetItem(group);
        item->setText(Place, parts.join(u" · "_s));
        item->setToolTip(Place, item->text(Place));
        const TableProfile *known = context().profile->table(hit.table);
        const ColumnProfile *meant = known == nullptr ? nullptr : known->column(hit.column);
        item->setText(Field, meant != nullptr && !meant->title.isEmpty() ? meant->title : hit.column);
        item->setToolTip(Field, hit.column);
        item->setForeground(Field, Tokens::of(palette()).muted);
        if (!hit.key.empty() && (hit.schema.isEmpty() || hit.schema == u"main" || hit.schema == context().profile->schema)) {
            if (m_untitled.empty() || m_untitled.back().table != hit.table || m_untitled.back().keys.size() >= titlesAtOnce)
                m_untitled.push_back({hit.table, {}, {}});
            m_untitled.back().keys.push_back(hit.key);
            m_untitled.back().items.push_back(item);
        }
        item->setText(Part, hit.excerpt.text);
        item->setData(Part, startRole, static_cast<int>(hit.excerpt.start));
        item->setData(Part, lengthRole, static_cast<int>(hit.excerpt.length));
        item->setToolTip(Part, hit.excerpt.text);
        item->setData(Place, hitRole, QVariant::fromValue(std::make_shared<FindHit>(hit)));
        ++m_count;
        group->setText(Place, tr("%1  %2").arg(tableTitle(hit.table), QLocale().toString(group->childCount())));
    }
    m_state->setText(tr("%1 hits so far").arg(QLocale().toString(m_count)));
    readTitles();
    if (isFirst)
        emit settled();
}

void FindPanel::readTitles()
{
    if (m_isReadingTitles || m_untitled.empty())
        return;
    m_isReadingTitles = true;
    const Untitled next = std::move(m_untitled.front());
    m_untitled.erase(m_untitled.begin());
    const auto job = [context = context(), table = next.table, keys = next.keys](Connection &connection) { return readRecordTitles({connection, *context.catalog, *context.profile}, table, keys); };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this, items = next.items, generation = m_generation](const Result<QStringList> &titles) {
        if (generation != m_generation)
            return; // the lines are gone
        m_isReadingTitles = false;
        for (std::size_t i = 0; titles && i < items.size(); ++i) {
            if (const QString &title = (*titles)[static_cast<qsizetype>(i)]; !title.isEmpty()) {
                items[i]->setToolTip(Place, title + u'\n' + items[i]->text(Place));
                items[i]->setText(Place, title);
            }
        }
        readTitles();
    });
}

void FindPanel::finish(const Result<FindSummary> &summary)
{
    m_isRunning = false;
    m_progress->hide();
    m_stopButton->hide();
    if (!summary && summary.error().code != ErrorCode::Cancelled) {
        m_state->clear();
        m_message->showError(summary.error());
        emit settled();
        return;
    }
    QString text = m_count == 1 ? tr("1 hit") : tr("%1 hits").arg(QLocale().toString(m_count));
    if (!summary)
        text = tr("%1, stopped").arg(text);
    else if (summary->isCut)
        text = tr("%1; there are more: write more words").arg(text);
    if (summary && !summary->indexes.isEmpty())
        text += u" · "_s + tr("whole words by the index %1").arg(summary->indexes.join(u", "_s));
    if (summary && !summary->problems.isEmpty())
        m_message->showNote(tr("Not searched: %1").arg(summary->problems.join(u"; "_s)));
    m_state->setText(text);
    if (m_count == 0) {
        m_hits->hide();
        m_empty->setText(tr("Nothing in this database holds \"%1\".").arg(m_text->text()));
        m_empty->show();
    }
    emit settled();
}

void FindPanel::open(QTreeWidgetItem *item)
{
    const auto hit = item->data(Place, hitRole).value<std::shared_ptr<FindHit>>();
    if (hit)
        openHit(*hit);
}

void FindPanel::openHit(const FindHit &hit)
{
    emit placeRequested(context().id, TablePlace{hit.schema.isEmpty() && context().catalog->engine == Engine::Sqlite ? u"main"_s : hit.schema, hit.table, {}}, hit.key);
}

void FindPanel::showMenu(const QPoint &place)
{
    QTreeWidgetItem *item = m_hits->itemAt(place);
    const auto hit = item != nullptr ? item->data(Place, hitRole).value<std::shared_ptr<FindHit>>() : nullptr;
    if (!hit)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Go to the record"), this, [this, hit] { openHit(*hit); })->setObjectName(u"goToRecord"_s);
    // The window adds what the record can be seen in: its transcript, the actions of its table.
    emit recordMenuOpening(menu, hit->table, hit->key);
    menu->popup(m_hits->viewport()->mapToGlobal(place));
}

void FindPanel::copy(const QString &)
{
    if (const QTreeWidgetItem *item = m_hits->currentItem())
        QApplication::clipboard()->setText(item->text(item->childCount() > 0 ? Place : Part));
}

PanelKind findPanelKind()
{
    PanelKind kind;
    kind.id = u"find"_s;
    kind.title = FindPanel::tr("&Find anywhere");
    kind.icon = u"search"_s;
    kind.shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F);
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new FindPanel(services, context, arguments, parent);
    };
    return kind;
}

} // namespace turnstone

Q_DECLARE_METATYPE(std::shared_ptr<turnstone::FindHit>)
